'use strict';

// CloudWatch through the SDK for JavaScript. A title begins with its case in ../../cases.md.

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, before, describe, test } = require('node:test');

const {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} = require('@aws-sdk/client-cloudwatch');

const { startServer } = require('../server.js');

let server;
let client;

before(async () => {
  server = await startServer();
  client = new CloudWatchClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // A retry would hide an error that comes once.
    maxAttempts: 1,
  });
});

after(async () => {
  client?.destroy();
  await server?.stop();
});

describe('metrics and alarms', () => {
  // Source: botocore model
  test('JS-CW-001 samples come back from queries', async () => {
    const name = randomUUID();
    const at = new Date(Math.floor(Date.now() / 60000) * 60000 - 120000);
    await client.send(new PutMetricDataCommand({
      Namespace: 'Conformance',
      MetricData: [{ MetricName: name, Values: [1, 2.5], Counts: [2, 1], Timestamp: at }],
    }));
    const reply = await client.send(new GetMetricDataCommand({
      StartTime: at,
      EndTime: new Date(at.getTime() + 60000),
      MetricDataQueries: [{
        Id: 'm1',
        MetricStat: {
          Metric: { Namespace: 'Conformance', MetricName: name },
          Period: 60,
          Stat: 'Sum',
        },
      }],
    }));
    assert.deepEqual(reply.MetricDataResults[0].Values, [4.5]);
    assert.deepEqual(reply.MetricDataResults[0].Timestamps, [at]);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-CW-002 an alarm is described as it was put and is gone when it is deleted', async () => {
    const name = randomUUID();
    await client.send(new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'Conformance',
      MetricName: 'Nothing',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanThreshold',
    }));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    assert.equal(MetricAlarms[0].Threshold, 0.5);
    assert.ok(MetricAlarms[0].StateUpdatedTimestamp instanceof Date);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    await assert.rejects(
      client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: 'OK', StateReason: 'x' })),
      ResourceNotFound,
    );
  });
});
