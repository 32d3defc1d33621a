// The words people see, by key: [Chinese, English].
// Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.

export const CATALOGUE: Readonly<Record<string, readonly [string, string]>> = {
  "app.name": ["互认", "Comity"],
  "class.device": ["手机码", "phone pass"],
  "class.online": ["联网码", "online pass"],
  "class.paper": ["纸质码", "paper pass"],
  "colour.green": ["绿码", "green"],
  "colour.red": ["红码", "red"],
  "colour.yellow": ["黄码", "yellow"],
  "colour_name.green": ["绿码", "Green"],
  "colour_name.red": ["红码", "Red"],
  "colour_name.yellow": ["黄码", "Yellow"],
  "outcome.CONTROL": ["按规定管理", "Measures apply"],
  "outcome.PASS": ["通行", "Pass"],
  "outcome.REAPPLY": ["需换新码", "New pass"],
  "outcome.REFER": ["转请主管部门", "Referred"],
  "outcome.REJECT": ["此码不可用", "Code unusable"],
  "outcome.UNDECIDED": ["暂未判定", "Undecided"],
  "route.appeal": ["如有异议，请申诉，工作人员会告诉您怎么办理。", "If you disagree, appeal; the officer tells you how."],
  "route.authority": ["请联系上面写明的部门，由它答复。", "Contact the body named above; it gives the answer."],
  "route.home": ["请联系发码地区，在那里续领或询问。", "Turn to the region that issued the pass: renew or ask there."],
  "route.host": ["请在现在所在的地区申领健康码。", "Apply for a pass in the region where you are now."],
  "route.manual": ["请用身份证、电话或纸质方式办理，30分钟内答复；没有答复的，凭临时凭条继续前行。", "Use ID card, telephone or paper: you have an answer within 30 minutes, or go on with an interim note."],
  "route.refresh": ["请重新打开健康码，让手机取回新码。", "Open the pass again and let the phone fetch a fresh one."],
};
