"""A runtime interface client for Python, for machines without awslambdaric."""

import http.client
import importlib
import json
import os
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
VERSION = "/2018-06-01/runtime/"


class ClientContext:
    def __init__(self, told):
        self.custom = told.get("custom", {})
        self.env = told.get("env", {})
        self.client = told.get("client")


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        told = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(json.loads(told)) if told else None
        self.identity = None

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        print(message)


# One for the whole life of a process: the platform looks at every new one, whose it is. A process that
# the handler has forked does not talk into its parent's.
connections = {}


def call(method, path, body=None):
    connection = connections.setdefault(os.getpid(), http.client.HTTPConnection(API))
    connection.request(method, VERSION + path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.headers, response.read()


def fault(kind, message, trace=(), request_id=""):
    told = {"errorMessage": message, "errorType": kind, "requestId": request_id}
    told["stackTrace"] = list(trace)
    return json.dumps(told).encode()


def load():
    """The handler, or the error that keeps it from being there."""
    name = os.environ["_HANDLER"]
    module, dot, attribute = name.rpartition(".")
    if not dot:
        return None, fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    try:
        found = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        trace = traceback.format_tb(error.__traceback__)
        return None, fault("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}", trace)
    except SyntaxError as error:
        return None, fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}")
    except Exception as error:
        trace = traceback.format_tb(error.__traceback__)
        return None, fault(type(error).__name__, str(error), trace)
    if not hasattr(found, attribute):
        return None, fault("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module}'")
    return getattr(found, attribute), None


def plain(value):
    if isinstance(value, complex) or not isinstance(value, (str, int, float, bool, type(None))):
        try:
            import decimal
            if isinstance(value, decimal.Decimal):
                return float(value)
        except ImportError:
            pass
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def work(handler):
    headers, body = call("GET", "invocation/next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    trace_id = headers.get("Lambda-Runtime-Trace-Id")
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    try:
        result = handler(json.loads(body), Context(headers))
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[1:]
        trace = traceback.format_list(frames)
        print(f"[ERROR] {type(error).__name__}: {error}\nTraceback (most recent call last):\n" + "".join(trace))
        told = fault(type(error).__name__, str(error), trace, request_id)
        call("POST", f"invocation/{request_id}/error", told)
        return
    try:
        answer = json.dumps(result, default=plain).encode()
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        told = fault("Runtime.MarshalError", message, (), request_id)
        call("POST", f"invocation/{request_id}/error", told)
        return
    call("POST", f"invocation/{request_id}/response", answer)


def main():
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    handler, error = load()
    if error is not None:
        told = json.loads(error)
        print(f"[ERROR] {told['errorType']}: {told['errorMessage']}")
        call("POST", "init/error", error)
        sys.exit(1)
    while True:
        work(handler)


if __name__ == "__main__":
    main()
