// Makes cases, asks iam-simulate about them, and writes each with its answer, one a line.
//
//   node answer.mjs [count] [seed]
//
// The cases are made from a seed, so that a difference can be looked at again. They are written in
// the form that core/policy's tests read.

import { runSimulation } from '@cloud-copilot/iam-simulate'
import { cases } from './cases.mjs'
import { simulation } from './simulation.mjs'

const [count = '3000', seed = '1'] = process.argv.slice(2)
for (const one of cases(Number(count), Number(seed))) {
  const reply = await runSimulation(simulation(one), {})
  const answer = reply.resultType === 'error' ? `error: ${JSON.stringify(reply.errors)}` : reply.overallResult
  console.log(JSON.stringify({ case: one, answer }))
}
