// The words people see, by key: [Chinese, English].
// Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.

export const CATALOGUE: Readonly<Record<string, readonly [string, string]>> = {
  "appeal.home": ["向发码地区申诉。", "Appeal to the region that issued the pass."],
  "appeal.host": ["向现在所在的地区申诉。", "Appeal to the region where you are now."],
  "manual.ended": ["人工核实已结束：{outcome}。", "The check by hand has ended: {outcome}."],
  "manual.note_holds": ["临时凭条属实，有效至{until}。请放行，不得据此采取任何管控措施。", "The interim note is genuine and good until {until}. Let the person go on; no measure may follow from it."],
  "manual.noted": ["核实尚无结果。请持此临时凭条先行通过，任何人不得据此对您采取管控措施。", "There is no answer yet. Go on with this interim note; no measure may follow from it."],
  "manual.open": ["正在人工核实，最迟 {due} 有结果。到时没有结果，您可持临时凭条先行通过。", "This is being checked by hand; there will be an answer by {due} at the latest. Without one by then, you go on with an interim note."],
  "refusal.id_mismatch": ["证件与持码人不符", "The ID does not match the holder"],
  "refusal.other_law": ["依据其他法律（请写明）", "Another law applies (name it)"],
  "refusal.person_left": ["本人已离开", "The person left"],
  "responsible.community": ["社区", "the neighbourhood community"],
  "responsible.county_cdc": ["县级疾控中心", "the county centre for disease control"],
  "responsible.county_command": ["县级防控指挥部", "the county command"],
  "responsible.designated_hospital": ["定点医院", "the designated hospital"],
  "step.V1": ["读得出来吗？", "Can it be read?"],
  "step.V10": ["是什么颜色？", "Which colour is it?"],
  "step.V2": ["查验点的数据可用吗？", "Is the checkpoint's own data usable?"],
  "step.V3": ["签名方在名单里吗？", "Is the signer known?"],
  "step.V4": ["签名对得上吗？", "Does the signature hold?"],
  "step.V5": ["出示方式对吗？", "Is it shown rightly?"],
  "step.V6": ["本地区互认吗？", "Is it recognised here?"],
  "step.V7": ["在有效期内吗？", "Is it in time?"],
  "step.V8": ["现在仍然有效吗？", "Is it still current?"],
  "step.V9": ["本地区有现行规定吗？", "Are this region's rules at hand?"],
};
