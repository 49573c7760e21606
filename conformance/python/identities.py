"""Users and roles of a test's own, and clients that act as them."""

import json
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


def document(*statements):
    """A policy document as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", **more):
    """A trust policy of one statement."""
    principal = principal if isinstance(principal, dict) else {"AWS": principal}
    return document({"Effect": "Allow", "Principal": principal, "Action": action, **more})


@dataclass
class Actor:
    """Credentials, and whose they are."""

    connect: object
    arn: str
    keys: dict

    def client(self, service, **more):
        return self.connect(service, **self.keys, **more)


@dataclass
class User(Actor):
    name: str
    id: str


@dataclass
class Role:
    """A role; sessions of it are made by a user who may."""

    people: object
    name: str
    arn: str
    id: str

    def session(self, name="session", by=None, **request):
        """An Actor who assumed the role."""
        by = by or self.people.anybody()
        reply = by.client("sts").assume_role(
            RoleArn=self.arn, RoleSessionName=name, **request
        )
        return session(self.people.connect, reply, reply["AssumedRoleUser"]["Arn"])


def session(connect, reply, arn):
    """The Actor of what STS answered."""
    return Actor(connect, arn, keys_of(reply["Credentials"]))


def keys_of(credentials):
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "session_token": credentials.get("SessionToken"),
    }


class People:
    """Makes users and roles of one account, and removes them again."""

    def __init__(self, connect, account_key="test"):
        self.connect = connect
        self.iam = connect("iam", access_key=account_key)
        self.account = ACCOUNT if account_key == "test" else account_key
        self.users = []
        self.roles = []
        self.policies = []
        self.one = None

    def user(self, *statements, **request):
        """A user with an access key whose inline policy holds the statements."""
        made = self.iam.create_user(UserName=f"user-{uuid4().hex}", **request)["User"]
        name = made["UserName"]
        self.users.append(name)
        if statements:
            self.iam.put_user_policy(
                UserName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return User(self.connect, made["Arn"], keys_of(key), name, made["UserId"])

    def role(self, *statements, trusts=None, **request):
        """A role that trusts its account unless told otherwise."""
        trusts = trusts or trust(f"arn:aws:iam::{self.account}:root")
        made = self.iam.create_role(
            RoleName=f"role-{uuid4().hex}", AssumeRolePolicyDocument=trusts, **request
        )["Role"]
        name = made["RoleName"]
        self.roles.append(name)
        if statements:
            self.iam.put_role_policy(
                RoleName=name, PolicyName="own", PolicyDocument=document(*statements)
            )
        return Role(self, name, made["Arn"], made["RoleId"])

    def policy(self, *statements, **request):
        """The ARN of a managed policy."""
        arn = self.iam.create_policy(
            PolicyName=f"policy-{uuid4().hex}", PolicyDocument=document(*statements), **request
        )["Policy"]["Arn"]
        self.policies.append(arn)
        return arn

    def anybody(self):
        """A user who may assume whatever trusts his account."""
        if self.one is None:
            self.one = self.user(allow("sts:*"))
        return self.one

    def remove(self):
        for name in self.users:
            self.remove_user(name)
        for name in self.roles:
            self.remove_role(name)
        for arn in self.policies:
            with suppress(ClientError):
                self.iam.delete_policy(PolicyArn=arn)

    def remove_user(self, name):
        iam = self.iam
        with suppress(ClientError):  # The test may have removed him.
            for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
                iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
            for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
                iam.delete_user_policy(UserName=name, PolicyName=policy)
            for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
                iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
            for group in iam.list_groups_for_user(UserName=name)["Groups"]:
                iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
            iam.delete_user(UserName=name)

    def remove_role(self, name):
        iam = self.iam
        with suppress(ClientError):
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                iam.delete_role_policy(RoleName=name, PolicyName=policy)
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
            for profile in iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
                iam.remove_role_from_instance_profile(
                    RoleName=name, InstanceProfileName=profile["InstanceProfileName"]
                )
            iam.delete_role(RoleName=name)
