// Cases from small vocabularies, so that policies and requests often meet.

import { ACCOUNT, OTHER, own } from './simulation.mjs'

const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:prod/db-AbCdEf`
const ANNAS = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:anna/x-AbCdEf`
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

const WHO = ['anna', 'root', 'reader', 'stranger', 'strange role']
const ACTIONS = [
  '*', 'secretsmanager:*', 'SecretsManager:get*', 'secretsmanager:GetSecretValue',
  'secretsmanager:?utSecretValue', 'secretsmanager:DescribeSecret', 'kms:*', 'kms:decrypt', 'kms:De*pt',
]
const RESOURCES = [
  '*', '*', SECRET, KEY,
  `arn:aws:secretsmanager:*:${ACCOUNT}:secret:*`,
  'arn:aws:secretsmanager:eu-west-?:*:secret:prod/*-??????',
  'arn:aws:secretsmanager:*:*:secret:${aws:username}/*',
  "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/Team, 'prod'}/*",
  'arn:aws:kms:*:*:key/*',
]
const NAMED = [
  '*', ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, OTHER,
  `arn:aws:iam::${ACCOUNT}:user/team/anna`, `arn:aws:iam::${ACCOUNT}:role/app/reader`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`, `arn:aws:iam::${OTHER}:user/carl`,
  `arn:aws:iam::${OTHER}:role/visitor`,
]
const CONDITIONS = [
  ...['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase',
    'StringLike', 'StringNotLike'].flatMap((operator) => [
    [operator, 'aws:PrincipalTag/Team', ['red', 'RED', 'r*', '?ed', '${aws:ResourceTag/Team}', '*']],
    [operator, 'aws:ResourceTag/Team', ['red', 'blue', 'b*', '${aws:PrincipalTag/Team}']],
    [operator, 'aws:username', ['anna', 'a*', 'ANNA', 'carl']],
    [operator, 'aws:PrincipalAccount', [ACCOUNT, OTHER]],
  ]),
  ...['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals',
    'NumericGreaterThan', 'NumericGreaterThanEquals'].map((operator) =>
    [operator, 'aws:MultiFactorAuthAge', ['10', '300', '-1']]),
  ...['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan',
    'DateGreaterThanEquals'].map((operator) =>
    [operator, 'aws:CurrentTime', ['2026-01-01T00:00:00Z', '2026-06-30T12:00:00Z', '2030-01-01T00:00:00Z']]),
  ['Bool', 'aws:SecureTransport', ['true', 'false']],
  ['Bool', 'aws:MultiFactorAuthPresent', ['true', 'false']],
  ['Null', 'aws:PrincipalTag/Team', ['true', 'false']],
  ['Null', 'aws:MultiFactorAuthAge', ['true', 'false']],
  ...['IpAddress', 'NotIpAddress'].map((operator) =>
    [operator, 'aws:SourceIp', ['10.0.0.0/8', '10.1.2.3', '192.0.2.0/24', '2001:db8::/32']]),
  ...['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'].map((operator) =>
    [operator, 'aws:PrincipalArn', [
      `arn:aws:iam::${ACCOUNT}:user/team/anna`, `arn:aws:iam::${ACCOUNT}:role/*`, 'arn:aws:iam::*:user/*',
      'arn:aws:iam::*:root',
    ]]),
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['Team', 'Stage']],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', ['Team', 'Stage']],
  ['ForAllValues:StringLike', 'aws:TagKeys', ['T*']],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['Team']],
]

// Mulberry32: small, and the same everywhere.
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function* cases(count, seed) {
  const next = random(seed)
  const maybe = (chance) => next() < chance
  const pick = (list) => list[Math.floor(next() * list.length)]
  const some = (list, most) => [...new Set(Array.from({ length: 1 + Math.floor(next() * most) }, () => pick(list)))]
  const oneOrMore = (list, most) => {
    const chosen = some(list, most)
    return chosen.length === 1 && maybe(0.5) ? chosen[0] : chosen
  }

  const conditions = () => {
    const block = {}
    for (let left = maybe(0.3) ? 2 : 1; left > 0; left--) {
      let [operator, key, values] = pick(CONDITIONS)
      if (operator !== 'Null' && !operator.includes(':') && maybe(0.2)) operator += 'IfExists'
      block[operator] = { ...block[operator], [key]: operator === 'Null' ? pick(values) : oneOrMore(values, 2) }
    }
    return block
  }

  const statement = (onResource, effects) => {
    const made = { Effect: pick(effects) }
    made[maybe(0.1) ? 'NotAction' : 'Action'] = oneOrMore(ACTIONS, 3)
    made[maybe(0.1) ? 'NotResource' : 'Resource'] = oneOrMore(RESOURCES, 3)
    if (onResource) made.Principal = maybe(0.2) ? '*' : { AWS: oneOrMore(NAMED, 3) }
    if (maybe(0.5)) made.Condition = conditions()
    return made
  }

  const document = (onResource = false, effects = ['Allow', 'Allow', 'Allow', 'Deny']) => ({
    Version: '2012-10-17',
    Statement: Array.from({ length: 1 + Math.floor(next() * 3) }, () => statement(onResource, effects)),
  })

  const list = (most) => Array.from({ length: Math.floor(next() * (most + 1)) }, () => document())

  for (let number = 0; number < count; number++) {
    const who = pick(WHO)
    const isKey = maybe(0.25)
    const context = { ...own(who), 'aws:CurrentTime': '2026-06-30T12:00:00Z', 'aws:SecureTransport': String(maybe(0.5)) }
    if (maybe(0.5)) context['aws:PrincipalTag/Team'] = pick(['red', 'blue', 'Red'])
    if (maybe(0.5)) context['aws:ResourceTag/Team'] = pick(['red', 'blue'])
    if (maybe(0.7)) context['aws:SourceIp'] = pick(['10.1.2.3', '192.0.2.7', '2001:db8::1'])
    if (maybe(0.3)) {
      context['aws:MultiFactorAuthPresent'] = 'true'
      context['aws:MultiFactorAuthAge'] = pick(['10', '299', '300'])
    }
    const made = {
      principal: who,
      action: isKey ? pick(['kms:Decrypt', 'kms:DescribeKey'])
        : pick(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:TagResource']),
      resource: isKey ? KEY : pick([SECRET, ANNAS]),
      resource_account: ACCOUNT,
      context,
      identity: who === 'root' ? [] : list(2),
      rule: isKey ? 'key' : 'ordinary',
    }
    if (made.action === 'secretsmanager:TagResource' && maybe(0.7)) context['aws:TagKeys'] = some(['Team', 'Stage', 'Other'], 2)
    if (who !== 'root' && maybe(0.25)) made.boundary = document()
    if ((who === 'reader' || who === 'strange role') && maybe(0.3)) made.session = [document()]
    if (maybe(0.2)) made.service_control = Array.from({ length: 1 + Math.floor(next() * 2) }, () => [document()])
    if (isKey || maybe(0.6)) made.resource_policy = document(true)
    yield made
  }
}
