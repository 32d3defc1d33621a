// The words people see, by key: [Chinese, English].
// Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.

export const CATALOGUE: Readonly<Record<string, readonly [string, string]>> = {
  "colour_reason.area_arrival": ["来自须管理的地区", "arrival from an area under measures"],
  "colour_reason.close_contact": ["密切接触者", "close contact of a case"],
  "colour_reason.confirmed_case": ["确诊病例", "confirmed case"],
  "colour_reason.risk_area_stay": ["到过风险地区", "stay in a risk area"],
  "colour_reason.suspected_case": ["疑似病例", "suspected case"],
  "colour_reason.symptoms": ["有相关症状", "symptoms"],
  "freshness.fresh": ["数据最新", "up to date"],
  "freshness.missing": ["没有数据", "missing"],
  "freshness.not_needed": ["不需要", "not needed"],
  "freshness.stale": ["数据太旧", "too old"],
  "freshness.warn": ["数据超过一天", "more than a day old"],
};
