export { XRay, VERSION, type ExecutionOptions, type XRayOptions } from "./xray.js";
export { type DecisionOptions, type ExecutionContext, type Mask, type StepOptions, type StepType } from "./context.js";
export { type DeliveryOptions, LossError } from "./delivery.js";
