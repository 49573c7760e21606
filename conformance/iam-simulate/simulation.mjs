// A case in the words of iam-simulate.

export const ACCOUNT = '111122223333'
export const OTHER = '444455556666'

export const PRINCIPALS = {
  anna: `arn:aws:iam::${ACCOUNT}:user/team/anna`,
  root: `arn:aws:iam::${ACCOUNT}:root`,
  reader: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`,
  stranger: `arn:aws:iam::${OTHER}:user/carl`,
  'strange role': `arn:aws:sts::${OTHER}:assumed-role/visitor/v1`,
}

// iam-simulate derives nothing from the principal, so the context says what a server would know.
const OWN = {
  anna: { 'aws:username': 'anna', 'aws:PrincipalType': 'User' },
  root: { 'aws:PrincipalType': 'Account' },
  reader: { 'aws:PrincipalType': 'AssumedRole' },
  stranger: { 'aws:username': 'carl', 'aws:PrincipalType': 'User' },
  'strange role': { 'aws:PrincipalType': 'AssumedRole' },
}

const ARNS = {
  ...PRINCIPALS,
  reader: `arn:aws:iam::${ACCOUNT}:role/app/reader`,
  'strange role': `arn:aws:iam::${OTHER}:role/visitor`,
}

export function own(who) {
  return {
    ...OWN[who],
    'aws:PrincipalArn': ARNS[who],
    'aws:PrincipalAccount': PRINCIPALS[who].split(':')[4],
  }
}

// What AWS gives the root user without saying so.
const EVERYTHING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
}

const named = (policies) => policies.map((policy, index) => ({ name: `p${index}`, policy }))

export function simulation(one) {
  return {
    request: {
      principal: PRINCIPALS[one.principal],
      action: one.action,
      resource: { resource: one.resource, accountId: one.resource_account },
      contextVariables: one.context,
    },
    identityPolicies: named(one.principal === 'root' ? [EVERYTHING] : one.identity),
    serviceControlPolicies: (one.service_control ?? []).map((level, index) => ({
      orgIdentifier: `ou-${index}`,
      policies: named(level),
    })),
    resourceControlPolicies: [],
    resourcePolicy: one.resource_policy,
    permissionBoundaryPolicies: one.boundary ? named([one.boundary]) : undefined,
    sessionPolicy: one.session?.[0],
  }
}
