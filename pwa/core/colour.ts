// The closed words of passes and rulebooks (interface section 4). The order of the first three is their number on the wire.

export const COLOURS = ["green", "yellow", "red"] as const;
export const COLOUR_REASONS =
  ["confirmed_case", "suspected_case", "close_contact", "symptoms", "risk_area_stay", "area_arrival"] as const;
export const PASS_CLASSES = ["device", "online", "paper"] as const;
export const MEASURE_KINDS =
  ["health_monitoring", "home_observation", "central_isolation", "medical_referral", "no_entry"] as const;
export const RESPONSIBLE = ["community", "county_cdc", "designated_hospital", "county_command"] as const;
export const ENDS = ["after_days", "medical_clearance", "issuer_release"] as const;
export const APPEAL = ["home", "host"] as const;

export type Colour = (typeof COLOURS)[number];
export type ColourReason = (typeof COLOUR_REASONS)[number];
export type PassClass = (typeof PASS_CLASSES)[number];
