import type { components } from './schema.gen';

/** The API's shapes under their own names; generated, never written twice. */
type Schemas = components['schemas'];

export type Status = Schemas['Status'];
export type Execution = Schemas['Execution'];
export type ExecutionList = Schemas['ExecutionList'];
export type ExecutionDetail = Schemas['ExecutionDetail'];
export type Step = Schemas['Step'];
export type StepDetail = Schemas['StepDetail'];
export type Reasoning = Schemas['Reasoning'];
export type ReasoningJob = Schemas['ReasoningJob'];
export type Claim = Schemas['Claim'];
export type Evidence = Schemas['Evidence'];
export type Station = Schemas['Station'];
export type Item = Schemas['Item'];
export type Passport = Schemas['Passport'];
export type ItemTrail = Schemas['ItemTrail'];
export type Stop = Schemas['Stop'];
export type WhyNot = Schemas['WhyNot'];
export type LeftOut = Schemas['LeftOut'];
export type Comparison = Schemas['Comparison'];
export type StepPair = Schemas['StepPair'];
export type Difference = Schemas['Difference'];
export type Fact = Schemas['Fact'];
export type Receipt = Schemas['Receipt'];
export type Session = Schemas['Session'];
export type Activity = Schemas['Activity'];
export type Tokens = Schemas['Tokens'];
export type Problem = Schemas['Problem'];
