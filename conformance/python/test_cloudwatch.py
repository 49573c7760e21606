"""CloudWatch, in each of the three protocols that its clients speak."""

import gzip
import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config

from conftest import ACCOUNT, REGION
from evidence import INFERRED, MODEL, PROTOCOL, SNAPSHOT, TERRAFORM, TUTORIAL, case
from expect import refused, soon

PROTOCOLS = ["json", "smithy-rpc-v2-cbor", "query"]
TARGET = "GraniteServiceVersion20100801"


@pytest.fixture(params=PROTOCOLS)
def cw(request, endpoint):
    """A client that speaks this protocol and no other."""
    session = boto3.Session()
    loader = session._session.get_component("data_loader")
    load = loader.load_service_model

    def load_for_one_protocol(service, kind, api_version=None):
        model = load(service, kind, api_version)
        if service == "cloudwatch" and kind == "service-2":
            metadata = {**model["metadata"], "protocol": request.param, "protocols": [request.param]}
            model = {**model, "metadata": metadata}
        return model

    loader.load_service_model = load_for_one_protocol
    client = session.client(
        "cloudwatch",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True),
    )
    assert client.meta.service_model.resolved_protocol == request.param
    return client


def alarm(name, **changes):
    """The members of an alarm that is over nothing."""
    return {
        "AlarmName": name,
        "Namespace": "Conformance",
        "MetricName": "Nothing",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        **changes,
    }


def arn(name):
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def now():
    return datetime.now(timezone.utc)


def statistics(client, **changes):
    """The datapoints of a metric in the last hours."""
    request = {
        "Namespace": "Conformance",
        "StartTime": now() - timedelta(hours=3),
        "EndTime": now() + timedelta(minutes=5),
        "Period": 60,
        "Statistics": ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
    }
    return client.get_metric_statistics(**{**request, **changes})["Datapoints"]


@case("CW-001", MODEL)
def test_samples_come_back_as_statistics(cw, unique):
    at = now().replace(second=0, microsecond=0) - timedelta(minutes=2)
    dimensions = [{"Name": "Shop", "Value": "Berlin"}]
    datum = {"MetricName": unique, "Dimensions": dimensions, "Unit": "Count", "Timestamp": at}
    cw.put_metric_data(
        Namespace="Conformance",
        MetricData=[
            {**datum, "Value": 1.5},
            {**datum, "Values": [2, 3], "Counts": [1, 2]},
            {
                **datum,
                "StatisticValues": {"SampleCount": 2, "Sum": 11, "Minimum": 1, "Maximum": 10},
            },
        ],
    )
    (point,) = statistics(cw, MetricName=unique, Dimensions=dimensions)
    assert point["Timestamp"] == at
    assert (point["SampleCount"], point["Sum"], point["Unit"]) == (6, 20.5, "Count")
    assert (point["Minimum"], point["Maximum"]) == (1, 10)
    assert statistics(cw, MetricName=unique) == []


@case("CW-002", MODEL)
def test_percentiles_come_back_by_their_names(cw, unique):
    data = [{"MetricName": unique, "Values": list(range(1, 11))}]
    cw.put_metric_data(Namespace="Conformance", MetricData=data)
    request = {
        "Namespace": "Conformance",
        "MetricName": unique,
        "StartTime": now() - timedelta(minutes=5),
        "EndTime": now() + timedelta(minutes=5),
        "Period": 300,
        "ExtendedStatistics": ["p50", "p90"],
    }
    points = cw.get_metric_statistics(**request)["Datapoints"]
    assert points[0]["ExtendedStatistics"] == {"p50": 5.0, "p90": 9.0}


@case("CW-003", MODEL)
def test_a_metric_is_listed_from_its_first_sample_on(cw, unique):
    dimensions = [{"Name": "Shop", "Value": "Berlin"}]
    data = [{"MetricName": unique, "Dimensions": dimensions, "Value": 1}]
    cw.put_metric_data(Namespace="Conformance", MetricData=data)
    listed = cw.list_metrics(Namespace="Conformance", MetricName=unique)["Metrics"]
    expected = {"Namespace": "Conformance", "MetricName": unique, "Dimensions": dimensions}
    assert listed == [expected]
    wanted = [{"Name": "Shop", "Value": "Paris"}]
    assert cw.list_metrics(MetricName=unique, Dimensions=wanted)["Metrics"] == []


@case("CW-004", MODEL)
def test_expressions_calculate_with_metrics(cw, unique):
    at = now().replace(second=0, microsecond=0) - timedelta(minutes=3)
    for minute in range(3):
        stamp = at + timedelta(minutes=minute)
        data = [
            {"MetricName": f"{unique}-calls", "Value": 10, "Timestamp": stamp},
            {"MetricName": f"{unique}-errors", "Value": minute, "Timestamp": stamp},
        ]
        cw.put_metric_data(Namespace="Conformance", MetricData=data)

    def metric(name):
        stat = {
            "Metric": {"Namespace": "Conformance", "MetricName": f"{unique}-{name}"},
            "Period": 60,
            "Stat": "Sum",
        }
        return {"Id": name, "MetricStat": stat, "ReturnData": False}

    reply = cw.get_metric_data(
        StartTime=at,
        EndTime=at + timedelta(minutes=3),
        ScanBy="TimestampAscending",
        MetricDataQueries=[
            metric("calls"),
            metric("errors"),
            {"Id": "rate", "Expression": "100 * errors / calls", "Label": "percent"},
        ],
    )
    (result,) = reply["MetricDataResults"]
    assert result["Values"] == [0.0, 10.0, 20.0]
    assert result["Timestamps"] == [at + timedelta(minutes=minute) for minute in range(3)]
    assert (result["Id"], result["Label"], result["StatusCode"]) == ("rate", "percent", "Complete")


@case("CW-005", SNAPSHOT)
def test_a_sample_in_two_forms_is_refused(cw, unique):
    text = (
        "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually "
        "exclusive and you have specified both."
    )
    with refused("InvalidParameterCombination", text):
        data = [{"MetricName": unique, "Value": 1, "Values": [1]}]
        cw.put_metric_data(Namespace="Conformance", MetricData=data)
    text = (
        "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the "
        "same size."
    )
    with refused("InvalidParameterValue", text):
        data = [{"MetricName": unique, "Values": [1], "Counts": [1, 2]}]
        cw.put_metric_data(Namespace="Conformance", MetricData=data)


@case("CW-006", SNAPSHOT)
def test_too_many_datapoints_are_refused(cw, unique):
    text = (
        "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may "
        "reduce the datapoints requested by increasing Period, or decreasing the time range."
    )
    end = now().replace(microsecond=0)
    with refused("InvalidParameterCombination", text):
        statistics(cw, MetricName=unique, StartTime=end - timedelta(days=60), EndTime=end)
    text = "The parameter StartTime must be less than the parameter EndTime."
    with refused("InvalidParameterCombination", text):
        statistics(cw, MetricName=unique, StartTime=end, EndTime=end)


@case("CW-007", TUTORIAL)
def test_an_alarm_needs_no_evaluation_periods(cw, unique):
    request = alarm(unique)
    del request["EvaluationPeriods"]
    cw.put_metric_alarm(**request)
    (described,) = cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"]
    assert described["EvaluationPeriods"] == 1
    assert described["AlarmArn"] == arn(unique)
    assert described["StateValue"] in ("INSUFFICIENT_DATA", "OK")
    assert described["ActionsEnabled"] is True
    assert described["OKActions"] == described["InsufficientDataActions"] == []
    assert described["Dimensions"] == []
    assert "TreatMissingData" not in described
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-008", SNAPSHOT)
def test_both_kinds_of_alarms_are_listed_apart(cw, unique):
    cw.put_metric_alarm(**alarm(unique))
    rule = f'ALARM("{unique}")'
    cw.put_composite_alarm(AlarmName=f"{unique}-above", AlarmRule=rule)
    reply = cw.describe_alarms(AlarmNamePrefix=unique)
    assert reply["CompositeAlarms"] == []
    assert [one["AlarmName"] for one in reply["MetricAlarms"]] == [unique]
    kinds = ["CompositeAlarm"]
    reply = cw.describe_alarms(AlarmNamePrefix=unique, AlarmTypes=kinds)
    assert [one["AlarmRule"] for one in reply["CompositeAlarms"]] == [rule]
    assert reply["MetricAlarms"] == []
    cw.delete_alarms(AlarmNames=[f"{unique}-above", unique])


@case("CW-009", SNAPSHOT)
def test_a_state_can_be_set_and_stands_in_the_history(cw, unique):
    cw.put_metric_alarm(**alarm(unique, TreatMissingData="ignore"))
    cw.set_alarm_state(AlarmName=unique, StateValue="ALARM", StateReason="a drill")
    (described,) = cw.describe_alarms(AlarmNames=[unique], StateValue="ALARM")["MetricAlarms"]
    assert described["StateReason"] == "a drill"
    items = cw.describe_alarm_history(AlarmName=unique, HistoryItemType="StateUpdate")
    (item,) = items["AlarmHistoryItems"]
    assert item["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    assert json.loads(item["HistoryData"])["newState"]["stateValue"] == "ALARM"
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-010", SNAPSHOT)
def test_an_alarm_that_is_not_there_is_not_found(cw, unique):
    with refused("ResourceNotFound", status=404):
        cw.set_alarm_state(AlarmName=unique, StateValue="OK", StateReason="x")


@case("CW-011", SNAPSHOT)
def test_a_state_that_does_not_exist_is_refused(cw, unique):
    text = (
        "1 validation error detected: Value 'BROKEN' at 'stateValue' failed to satisfy constraint: "
        "Member must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]"
    )
    with refused("ValidationError", text):
        cw.set_alarm_state(AlarmName=unique, StateValue="BROKEN", StateReason="x")


@case("CW-012", TERRAFORM)
def test_tags_of_an_alarm_are_set_by_its_arn(cw, unique):
    cw.put_metric_alarm(**alarm(unique, Tags=[{"Key": "a", "Value": "1"}]))
    cw.tag_resource(ResourceARN=arn(unique), Tags=[{"Key": "b", "Value": "2"}])
    cw.untag_resource(ResourceARN=arn(unique), TagKeys=["a"])
    assert cw.list_tags_for_resource(ResourceARN=arn(unique))["Tags"] == [
        {"Key": "b", "Value": "2"}
    ]
    cw.delete_alarms(AlarmNames=[unique])
    with refused("ResourceNotFoundException", status=404):
        cw.list_tags_for_resource(ResourceARN=arn(unique))


@case("CW-013", MODEL)
def test_actions_can_be_turned_off(cw, unique):
    cw.put_metric_alarm(**alarm(unique))
    cw.disable_alarm_actions(AlarmNames=[unique])
    (described,) = cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"]
    assert described["ActionsEnabled"] is False
    cw.enable_alarm_actions(AlarmNames=[unique])
    (described,) = cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"]
    assert described["ActionsEnabled"] is True
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-014", SNAPSHOT)
def test_a_description_may_hold_what_xml_would_misread(cw, unique):
    cw.put_metric_alarm(**alarm(unique, AlarmDescription="a < b & c\r\n"))
    (described,) = cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"]
    assert described["AlarmDescription"] == "a < b & c\r\n"
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-015", MODEL)
def test_an_alarm_over_an_expression_is_described_as_it_was_put(cw, unique):
    stat = {
        "Metric": {
            "Namespace": "Conformance",
            "MetricName": "Calls",
            "Dimensions": [{"Name": "Shop", "Value": "Berlin"}],
        },
        "Period": 60,
        "Stat": "p99",
    }
    queries = [
        {"Id": "calls", "MetricStat": stat, "ReturnData": False},
        {"Id": "twice", "Expression": "calls * 2", "Label": "twice", "ReturnData": True},
    ]
    request = alarm(unique, Metrics=queries)
    for member in ("Namespace", "MetricName", "Statistic", "Period"):
        del request[member]
    cw.put_metric_alarm(**request)
    (described,) = cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"]
    assert described["Metrics"] == queries
    assert "MetricName" not in described
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-016", PROTOCOL)
def test_a_large_call_is_compressed_by_its_sdk_and_understood(cw, unique):
    dimensions = [{"Name": "Text", "Value": "x" * 1000}]
    data = [
        {"MetricName": unique, "Dimensions": dimensions, "Value": number} for number in range(20)
    ]
    reply = cw.put_metric_data(Namespace="Conformance", MetricData=data)
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 200
    (point,) = statistics(cw, MetricName=unique, Dimensions=dimensions, Period=3600)
    assert point["SampleCount"] == 20


@case("CW-017", TUTORIAL)
def test_a_denied_read_of_a_secret_is_counted_and_raises_the_alarm(
    cw, connect, people, secret, unique
):
    dimensions = [
        {"Name": "Operation", "Value": "GetSecretValue"},
        {"Name": "ErrorCode", "Value": "AccessDeniedException"},
    ]
    cw.put_metric_alarm(
        AlarmName=unique,
        MetricName="CallCount",
        Namespace="AWS/SecretsManager",
        Statistic="Sum",
        Period=300,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=dimensions,
    )
    stranger = people.user().client("secretsmanager")
    with refused("AccessDeniedException"):
        stranger.get_secret_value(SecretId=secret["ARN"])

    def state():
        return cw.describe_alarms(AlarmNames=[unique])["MetricAlarms"][0]

    described = soon(state, lambda one: one["StateValue"] == "ALARM", seconds=90)
    assert described["StateValue"] == "ALARM"
    reason = described["StateReason"]
    assert reason.startswith("Threshold Crossed: 1 datapoint [")
    assert reason.endswith(" was greater than or equal to the threshold (1.0).")
    found = cw.describe_alarms_for_metric(
        Namespace="AWS/SecretsManager", MetricName="CallCount", Dimensions=dimensions
    )
    assert unique in [one["AlarmName"] for one in found["MetricAlarms"]]
    cw.delete_alarms(AlarmNames=[unique])


@case("CW-018", PROTOCOL)
def test_a_cbor_reply_says_its_protocol_and_is_empty_without_output(wire, unique):
    # {"AlarmNames": []}, with lengths left open
    body = b"\xbf\x6aAlarmNames\x9f\xff\xff"
    headers = {
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
        "accept": "application/cbor",
    }
    path = f"/service/{TARGET}/operation/DisableAlarmActions"
    signature = wire.signature(service="monitoring")
    reply = wire.send(path=path, body=body, headers=headers, signature=signature)
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert "content-type" not in reply.headers


@case("CW-019", PROTOCOL)
def test_a_cbor_error_names_its_shape_and_its_query_code(wire, unique):
    name = unique.encode()
    body = b"\xa3\x69AlarmName\x78" + bytes([len(name)]) + name
    body += b"\x6aStateValue\x62OK\x6bStateReason\x61x"
    headers = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
    path = f"/service/{TARGET}/operation/SetAlarmState"
    signature = wire.signature(service="monitoring")
    reply = wire.send(path=path, body=body, headers=headers, signature=signature)
    assert reply.status == 404
    assert reply.headers["x-amzn-query-error"] == "ResourceNotFound;Sender"
    assert b"com.amazonaws.cloudwatch#ResourceNotFound" in reply.body
    assert reply.headers["content-type"] == "application/cbor"


@case("CW-020", PROTOCOL)
def test_what_is_no_cbor_is_refused(wire):
    headers = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
    path = f"/service/{TARGET}/operation/DescribeAlarms"
    for body in (b"\xff", b"\xa1\x61", b"\x9f" * 1000, b"{}", b"\x00"):
        signature = wire.signature(service="monitoring")
        reply = wire.send(path=path, body=body, headers=headers, signature=signature)
        assert reply.status == 400
        assert b"SerializationException" in reply.body


@case("CW-021", PROTOCOL)
def test_a_body_that_is_no_gzip_is_refused(wire):
    headers = {
        "x-amz-target": f"{TARGET}.DescribeAlarms",
        "content-type": "application/x-amz-json-1.0",
        "content-encoding": "gzip",
    }
    signature = wire.signature(service="monitoring")
    reply = wire.send(body=b"{}", headers=headers, signature=signature)
    assert reply.status == 400
    signature = wire.signature(service="monitoring")
    reply = wire.send(body=gzip.compress(b"{}"), headers=headers, signature=signature)
    assert reply.status == 200


@case("CW-022", INFERRED)
def test_an_operation_that_is_not_offered_says_so(connect):
    with refused("InvalidAction"):
        connect("cloudwatch").list_dashboards()
