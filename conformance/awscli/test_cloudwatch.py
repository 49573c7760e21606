"""A published tutorial's alarm, typed as it stands there."""

import json

from evidence import TUTORIAL, case

PUT_ALARM = r"""
# Create CloudWatch alarm for unauthorized access
aws cloudwatch put-metric-alarm \
  --alarm-name SecretAccessDenied \
  --metric-name CallCount \
  --namespace AWS/SecretsManager \
  --statistic Sum \
  --period 300 \
  --threshold 1 \
  --comparison-operator GreaterThanOrEqualToThreshold \
  --dimensions Name=Operation,Value=GetSecretValue Name=ErrorCode,Value=AccessDeniedException \
  --alarm-actions arn:aws:sns:us-east-1:123456789012:security-alerts
"""


def run(shell, script):
    done = shell(script)
    assert done.returncode == 0, done.stderr
    return done.stdout


@case("CLI-CW-001", TUTORIAL)
def test_the_alarm_for_denied_reads_is_created(shell):
    run(shell, PUT_ALARM)
    described = json.loads(run(shell, "aws cloudwatch describe-alarms --alarm-names SecretAccessDenied"))
    (alarm,) = described["MetricAlarms"]
    assert alarm["EvaluationPeriods"] == 1
    assert alarm["AlarmActions"] == ["arn:aws:sns:us-east-1:123456789012:security-alerts"]
    run(shell, "aws cloudwatch delete-alarms --alarm-names SecretAccessDenied")
    done = shell("aws cloudwatch delete-alarms --alarm-names SecretAccessDenied")
    assert done.returncode in (254, 255)
    assert "ResourceNotFound" in done.stderr
