"""The words people see, by key: (Chinese, English).

Generated from locales/ by `make texts` (tools/compile_catalogue.py); change the words there, never here.
"""
# fmt: off

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
    "app.name": ("互认", "Comity"),
    "appeal.home": ("向发码地区申诉。", "Appeal to the region that issued the pass."),
    "appeal.host": ("向现在所在的地区申诉。", "Appeal to the region where you are now."),
    "area.unlisted": ("代码为{code}的地区", "the area with code {code}"),
    "assessment_report.after": ("变化后", "After"),
    "assessment_report.all_counties": ("旗县明细", "County by county"),
    "assessment_report.as_of": ("评定时点", "As of"),
    "assessment_report.assessed": ("参评人数", "People assessed"),
    "assessment_report.bad_rows": ("坏行", "Bad rows"),
    "assessment_report.before": ("变化前", "Before"),
    "assessment_report.changed": ("变色人数", "Changed colour"),
    "assessment_report.changes.about": (
        "与上次评定不同的人数：颜色、理由或起止时间有变。",
        "People who differ from the run before, in colour, reason or times.",
    ),
    "assessment_report.changes.first": (
        "这是第一次评定，全部黄码、红码均计为变化。",
        "There is no run before this one: every yellow and red counts as a change.",
    ),
    "assessment_report.changes.none": ("与上次评定完全相同。", "Nothing differs from the run before."),
    "assessment_report.changes.title": ("与上次相比", "Changes"),
    "assessment_report.checksum": ("结果校验值", "Checksum of the findings"),
    "assessment_report.counties": ("{name}所辖旗县", "Counties of {name}"),
    "assessment_report.county": ("旗县（市、区）", "Banner, county or district"),
    "assessment_report.decided": ("决定颜色的人数", "People it decides"),
    "assessment_report.faults": ("坏行所在位置", "Where bad rows are"),
    "assessment_report.files": ("文件", "Files"),
    "assessment_report.findings": ("认定数", "Findings"),
    "assessment_report.foot": (
        "本报告不含任何个人信息，打开时不访问网络。",
        "This report holds nothing about single people and asks nothing of the network.",
    ),
    "assessment_report.hidden": ("已隐藏", "hidden"),
    "assessment_report.hiding": (
        "分项中1至9人的数字以“–”代替，足以推算它的其他数字也一并隐藏。",
        ("Where people are broken down, numbers from 1 to 9 are hidden (–), with as many others as would "
         "tell them."),
    ),
    "assessment_report.language": ("语言", "Language"),
    "assessment_report.level.high": ("高风险", "high risk"),
    "assessment_report.level.low": ("低风险", "low risk"),
    "assessment_report.level.medium": ("中风险", "medium risk"),
    "assessment_report.made": ("计算方式", "Computed"),
    "assessment_report.met": ("符合规则", "Met a rule"),
    "assessment_report.mode.full": ("全量", "in full"),
    "assessment_report.mode.incremental": ("增量", "incrementally"),
    "assessment_report.no_charts": (
        "本页未附图表：运行 {build} 后，用 {again} 重新生成即可。表格内容完整。",
        ("This page was made without charts: run {build}, then make it again with {again}. The tables are "
         "complete."),
    ),
    "assessment_report.no_rule": ("无", "no rule"),
    "assessment_report.no_script": (
        "浏览器未启用脚本，图表不显示；表格数字相同。",
        "Scripts are switched off, so the charts are not drawn; the tables hold the same numbers.",
    ),
    "assessment_report.people": ("人数", "People"),
    "assessment_report.place": ("盟市", "League or city"),
    "assessment_report.places.about": (
        "每格一个盟市，按方位排列；底色深浅为每万人中的人数。",
        "One tile for each league or city, placed as on the map; the darker, the more in 10,000 people.",
    ),
    "assessment_report.places.title": ("各盟市情况", "By league and city"),
    "assessment_report.quality.about": (
        "读入的证据表。坏行须说明原因，不参与评定；{unknown}名外地人员不在本地区人员表中，不予评定。",
        ("The tables of evidence that were read. Bad rows are told and left out; {unknown} subjects of "
         "elsewhere are not among the region's people and are not assessed."),
    ),
    "assessment_report.quality.title": ("数据质量", "Data quality"),
    "assessment_report.rate": ("每万人", "in 10,000"),
    "assessment_report.rows": ("行数", "Rows"),
    "assessment_report.rule": ("规则", "Rule"),
    "assessment_report.rulebook": ("评定规则", "Rulebook"),
    "assessment_report.rules.about": (
        "每个人的颜色由一条规则决定；认定数包括未起决定作用的全部理由。",
        "One rule decides each person's colour; the findings count every reason, the others too.",
    ),
    "assessment_report.rules.title": ("各条规则", "By rule"),
    "assessment_report.state.held": ("已暂停，须两名工作人员核准", "Held until two officers release it"),
    "assessment_report.state.ready": ("可以交付", "Ready to be handed over"),
    "assessment_report.state.released": ("已由两名工作人员核准", "Released by two officers"),
    "assessment_report.table": ("证据表", "Table"),
    "assessment_report.table.areas": ("风险地区", "Risk areas"),
    "assessment_report.table.assignments": ("人工赋码", "Manual assignments"),
    "assessment_report.table.cases": ("病例", "Cases"),
    "assessment_report.table.contacts": ("密切接触者", "Contacts"),
    "assessment_report.table.declarations": ("健康申报", "Health declarations"),
    "assessment_report.table.people": ("人员", "People"),
    "assessment_report.table.tests": ("检测", "Tests"),
    "assessment_report.table.travel": ("出行记录", "Travel records"),
    "assessment_report.table.visits": ("到访记录", "Visits"),
    "assessment_report.time": ("时点", "Time"),
    "assessment_report.times.about": (
        "本次及可追溯的以往各次评定中的黄码、红码人数。",
        "People with yellow and red in this run and the runs before it, as far as they are known.",
    ),
    "assessment_report.times.title": ("颜色变化", "Colours over time"),
    "assessment_report.title": ("{region}评定报告", "{region}: assessment report"),
    "assessment_report.unusual.division_changed": (
        "{about}：{of}人中有{count}人变色，超过允许的比例。",
        "{about}: {count} of {of} people would change colour, more than is allowed unasked.",
    ),
    "assessment_report.unusual.none": ("未发现异常。", "Nothing unusual was found."),
    "assessment_report.unusual.note": ("提示", "note"),
    "assessment_report.unusual.one_source": (
        "仅凭“{about}”一个来源，{count}人将变为黄码或红码（共{of}人）。",
        "{count} people would turn yellow or red on the word of one source alone, “{about}” ({of} in all).",
    ),
    "assessment_report.unusual.other": ("{about}：{count}人（共{of}人）。", "{about}: {count} of {of}."),
    "assessment_report.unusual.place_codes_alone": (
        "{about}：{count}人仅有风险地区场所码的扫码记录，任何颜色都不以此为据。",
        ("{about}: {count} people show a scanned place code of a risk area and nothing else; no colour "
         "rests on it."),
    ),
    "assessment_report.unusual.stops": ("须核准", "stops the run"),
    "assessment_report.unusual.title": ("异常情况", "Unusual patterns"),
    "assessment_report.unusual.unpublished_rules": (
        "评定规则（{about}）不是已公布的规则。",
        "The rulebook ({about}) is none that was published.",
    ),
    "assessment_report.version": ("第{version}版", "version {version}"),
    "assessment_rule.close-contact": (
        "密切接触者：黄码，自最后接触起14天，到期自动恢复绿码。",
        "Close contact: yellow for 14 days from the last contact, then green by itself.",
    ),
    "assessment_rule.confirmed-case": (
        "确诊病例：红码，医疗机构确认解除后恢复绿码，每14天复核一次。",
        "Confirmed case: red until a physician's clearance, reviewed every 14 days.",
    ),
    "assessment_rule.high-risk-stay": (
        "14天内到过高风险地区：红码，自离开起14天，到期自动恢复绿码。",
        "A stay in a high-risk area within 14 days: red for 14 days from leaving it, then green by itself.",
    ),
    "assessment_rule.hubei-arrival": (
        "14天内自湖北省来到本地区：黄码，自到达起14天，到期自动恢复绿码。",
        "Arrival from Hubei within 14 days: yellow for 14 days from the arrival, then green by itself.",
    ),
    "assessment_rule.medium-risk-stay": (
        "14天内到过中风险地区：黄码，自离开起14天，到期自动恢复绿码。",
        ("A stay in a medium-risk area within 14 days: yellow for 14 days from leaving it, then green by "
         "itself."),
    ),
    "assessment_rule.suspected-case": (
        "疑似病例：红码，排除后恢复绿码，每7天复核一次，最长21天。",
        "Suspected case: red until it is ruled out, reviewed every 7 days, 21 days at most.",
    ),
    "assessment_rule.symptoms": (
        "有发热、干咳等症状：黄码，医疗机构排除后恢复绿码，每7天复核一次，最长14天。",
        ("Symptoms such as fever or a dry cough: yellow until a physician rules the disease out, reviewed "
         "every 7 days, 14 days at most."),
    ),
    "assessment_rule.unknown": (
        "此条规则已不在现行赋码规则中。",
        "This rule is no longer in the assessment rulebook.",
    ),
    "assisted.consent": (
        ("本人申领纸质健康码。本人所述的健康和行程情况，由工作人员代为填写，视为本人申报，内容属实，"
         "用于与其他人相同的评估。纸质码上的姓名已作遮盖。本人可以查询和更正自己的信息。"),
        ("I want a health pass on paper. What I say about my health and my trips is entered by this clerk "
         "as my own declaration, is true, and is used to assess me as everybody else. My name is masked on "
         "the sheet. I can ask what is held about me, and have it corrected."),
    ),
    "change.authority_named": ("指定国家主管部门的密钥", "The key of the national authority is named"),
    "change.confirmed": ("{host}确认与{issuer}互认", "{host} confirms recognition of {issuer}"),
    "change.detail": (
        "签名：{signer}。接收：{accepted_at}。生效：{effective_from}。第{version}版，依据{clause}。",
        ("Signed by {signer}. Accepted {accepted_at}, effective {effective_from}. Version {version}, "
         "clause {clause}."),
    ),
    "change.deviation_reported": (
        "{host}就{issuer}的健康码作出偏差报告",
        "{host} reports a deviation about passes of {issuer}",
    ),
    "change.invited": ("{host}邀请{issuer}互认", "{host} invites {issuer}"),
    "change.joined": ("{host}参加国家平台", "{host} joins the hub"),
    "change.keys_published": (
        "{host}公布密钥清单第{version}版",
        "{host} publishes its key list, version {version}",
    ),
    "change.leaves": ("{host}停止参加国家平台", "{host} stops taking part in the hub"),
    "change.located": (
        "{host}公布服务地址第{version}版",
        "{host} publishes where its node is, version {version}",
    ),
    "change.membership_changed": (
        "{host}的成员资格有变更（第{version}版）",
        "The membership of {host} changes (version {version})",
    ),
    "change.national_rulebook": (
        "国家统一要求第{version}版公布",
        "The national rulebook, version {version}, is published",
    ),
    "change.published": ("{host}公布承认{issuer}的健康码", "{host} publishes its recognition of {issuer}"),
    "change.published_again": (
        "{host}重新公布对{issuer}的互认",
        "{host} publishes its recognition of {issuer} anew",
    ),
    "change.reason": ("原因：{reason}", "Reason: {reason}"),
    "change.referral_changed": ("{host}更新对{issuer}的转办", "{host} updates its referral of {issuer}"),
    "change.referred": (
        "{host}对{issuer}的健康码按国家统一要求转办",
        "{host} refers passes of {issuer} to the national requirement",
    ),
    "change.replied": ("{issuer}答复{host}的邀请", "{issuer} replies to {host}"),
    "change.resumption_published": (
        "{host}公布恢复承认{issuer}的健康码",
        "{host} announces that recognition of {issuer} resumes",
    ),
    "change.rulebook_changed": ("{host}公布管控规定第{version}版", "{host} publishes rulebook {version}"),
    "change.rulebook_first": ("{host}公布首个管控规定", "{host} publishes its first rulebook"),
    "change.rulebook_loosened": (
        "{host}公布管控规定第{version}版：放宽",
        "{host} publishes rulebook {version}: looser",
    ),
    "change.rulebook_tightened": (
        "{host}公布管控规定第{version}版：加严",
        "{host} publishes rulebook {version}: tighter",
    ),
    "change.suspension_published": (
        "{host}公布暂停承认{issuer}的健康码",
        "{host} announces the suspension of {issuer}",
    ),
    "checkpoint.age.days": ("{count} 天前", "{count} days ago"),
    "checkpoint.age.hours": ("{count} 小时前", "{count} hours ago"),
    "checkpoint.age.minutes": ("{count} 分钟前", "{count} minutes ago"),
    "checkpoint.age.now": ("刚刚", "just now"),
    "checkpoint.back": ("返回", "Back"),
    "checkpoint.camera.absent": (
        "找不到可用的摄像头。扫码枪照常可用。",
        "There is no camera to use. A scanner that types still works.",
    ),
    "checkpoint.camera.again": ("再试一次", "Try again"),
    "checkpoint.camera.denied": (
        "没有摄像头权限。请在浏览器设置里允许本页使用摄像头；扫码枪照常可用。",
        ("The camera is not allowed. Allow it for this page in the settings of the browser; a scanner that "
         "types still works."),
    ),
    "checkpoint.card.ask": ("查验", "Verify"),
    "checkpoint.card.hint": (
        "共 18 位，末位可以是字母；可用读卡器输入。",
        "18 characters, the last may be X; a card reader that types works too.",
    ),
    "checkpoint.card.how": (
        "没有手机的人可凭身份证查验，需要联网。号码不保存。",
        "For somebody without a phone; needs a connection. The number is not kept.",
    ),
    "checkpoint.card.network": (
        "连不上网络。请用健康码、纸质码或人工核实。",
        "There is no connection. Use a pass on a phone or paper, or the manual path.",
    ),
    "checkpoint.card.number": ("身份证号码", "Number of the ID card"),
    "checkpoint.card.refused": (
        "没有查到：号码不对，或本设备查得太多、已停用。请核对后再试。",
        ("No answer: the number is wrong, or this device asked too often or is out of use. Check it and "
         "try again."),
    ),
    "checkpoint.card.title": ("身份证查验", "ID card"),
    "checkpoint.cases.begin": ("转人工核实（30 分钟）", "Manual path (30 min)"),
    "checkpoint.cases.card": (
        "查看身份证；联网时可用“身份证查验”。",
        "Look at the ID card; with a connection use “ID card”.",
    ),
    "checkpoint.cases.close": ("办结，移出列表", "Settled: take it off the list"),
    "checkpoint.cases.how": (
        "30 分钟内给出结果；到时没有结果，此人凭临时凭条先行通过。其间不得扣留、隔离或劝返。",
        ("There is an answer within 30 minutes, or the person goes on with an interim note. Until then "
         "nobody may be held, isolated or sent away."),
    ),
    "checkpoint.cases.none": ("现在没有人工核实。", "Nobody is on the manual path now."),
    "checkpoint.cases.not_told": (
        "尚未连上网络；联网后自动上报，计时照常。",
        "Not connected yet: the case is reported once there is a connection. The clock runs all the same.",
    ),
    "checkpoint.cases.note": ("临时凭条的二维码", "Code of the interim note"),
    "checkpoint.cases.note_how": (
        "请本人拍下这张临时凭条，各查验点都认。",
        "Let the person photograph this note; every checkpoint reads it.",
    ),
    "checkpoint.cases.opened": ("{time} 开始", "Since {time}"),
    "checkpoint.cases.over": (
        "30 分钟已到。请放行，出具临时凭条；不得据此采取任何管控措施。",
        ("The 30 minutes are over. Let the person go on, with an interim note; no measure may follow from "
         "it."),
    ),
    "checkpoint.cases.paper": (
        "查验纸质码或请本人刷新手机码后再扫。",
        "Verify a paper pass, or let the person refresh the phone and scan again.",
    ),
    "checkpoint.cases.telephone": (
        "打电话给发码地区或主管部门询问。",
        "Telephone the region that issued the pass, or the body in charge.",
    ),
    "checkpoint.cases.title": ("人工核实", "Manual path"),
    "checkpoint.clause": ("依据条款 {clause}", "Clause {clause}"),
    "checkpoint.compare": ("请与本人核对。", "Compare with the person."),
    "checkpoint.compare_must": (
        "请查看身份证，核对姓名和末四位。",
        "Look at the ID card: compare name and last four.",
    ),
    "checkpoint.counted": (
        "本小时：看码 {looked} 人，验码 {verified} 人",
        "This hour: {looked} looked at, {verified} verified",
    ),
    "checkpoint.counts.looked": ("看码放行", "Looked at"),
    "checkpoint.counts.only": (
        "只记数目，每小时上报一次；不记谁通过。",
        "Only numbers, uploaded by the hour; nothing says who passed.",
    ),
    "checkpoint.counts.refused": ("不予放行", "Refused"),
    "checkpoint.counts.title": ("本小时计数", "Counts of this hour"),
    "checkpoint.enrol.do": ("登记", "Enrol"),
    "checkpoint.enrol.how": (
        "请扫描县级查验点管理员给的登记码。登记后，没有网络也能验码。",
        ("Scan the code from the county's checkpoint manager. Once enrolled, this device verifies without "
         "a network too."),
    ),
    "checkpoint.enrol.text": ("登记码文字", "Text of the code"),
    "checkpoint.enrol.text_hint": (
        "以 CMG1 开头；不能扫码时在此粘贴。",
        "It begins with CMG1. Paste it here where it cannot be scanned.",
    ),
    "checkpoint.enrol.title": ("登记这台设备", "Enrol this device"),
    "checkpoint.enrol.under_way": ("正在登记……", "Enrolling…"),
    "checkpoint.fault.bundle": (
        "这台设备上的签名数据读不出来。请联网更新；仍不行就重新登记。",
        ("The signed data on this device cannot be read. Connect and fetch it again; if that fails, enrol "
         "the device again."),
    ),
    "checkpoint.fault.clock": (
        "这台设备的时间不对，比核对过的时间还早。请校正时间。",
        "The clock of this device is wrong: it stands before a time already verified. Set it right.",
    ),
    "checkpoint.fault.code_of_another_node": (
        "这个登记码属于另一个地址。请打开管理员给的地址后再扫。",
        "This code belongs to another address. Open the address the manager gave you, then scan again.",
    ),
    "checkpoint.fault.code_unreadable": (
        "这不是登记码。登记码以 CMG1 开头，请管理员重新出示。",
        "This is not an enrolment code. It begins with CMG1; ask the manager to show it again.",
    ),
    "checkpoint.fault.code_used": (
        "这个登记码已用过、已过期或不存在。请管理员换一个新的。",
        "This code was used, has run out or does not exist. Ask the manager for a new one.",
    ),
    "checkpoint.fault.network": (
        "连不上网络。已有的数据继续使用，请看数据有多新。",
        "There is no connection. What is here is still used; mind how new it is.",
    ),
    "checkpoint.fault.not_enrolled": (
        "没有连上，这台设备还没有登记好。请联网后再登记一次；如提示登记码已用过，请管理员换一个新的。",
        ("There was no connection, and this device is not enrolled yet. Connect and enrol again; if the "
         "code then counts as used, ask the manager for a new one."),
    ),
    "checkpoint.fault.reader": (
        "扫码程序没有通过核对或无法启动。请联网后重新打开本页；扫码枪照常可用。",
        ("The part that reads codes did not hold or did not start. Connect and open this page again; a "
         "scanner that types still works."),
    ),
    "checkpoint.fault.refused": (
        "取回的数据没有通过核对，没有采用。已有的数据继续使用。",
        "What was fetched did not hold when it was checked, and is not used. What is here is still used.",
    ),
    "checkpoint.fresh.fresh": ("数据有效，{age}更新", "Data is good, made {age}"),
    "checkpoint.fresh.hard": (
        "数据超过七天，不能再判定，请联网",
        "Data is more than seven days old and decides nothing: connect",
    ),
    "checkpoint.fresh.lacking": (
        "缺{count}个地区的状态表，请联网",
        "Status lists of {count} regions are missing; connect",
    ),
    "checkpoint.fresh.none": ("这台设备还没有数据，请联网更新", "This device has no data yet: connect it"),
    "checkpoint.fresh.warn": (
        "数据超过一天，{age}更新，请联网",
        "Data is more than a day old, made {age}: connect",
    ),
    "checkpoint.holder.last4": ("证件末四位", "Last four of the ID"),
    "checkpoint.holder.name": ("姓名", "Name"),
    "checkpoint.lamp": ("补光灯", "Lamp"),
    "checkpoint.leave.do": ("清除并停用", "Wipe it"),
    "checkpoint.leave.not": ("不停用", "Keep it"),
    "checkpoint.leave.sure": (
        "这台设备上的密钥、数据和计数会全部清除，要重新登记才能用。",
        "Key, data and counts on this device are wiped; it has to be enrolled again.",
    ),
    "checkpoint.leave.title": ("停用这台设备", "Take this device out of use"),
    "checkpoint.looked": ("已看绿码，放行", "Green shown and looked at"),
    "checkpoint.looked_counted": ("已记数：本小时看码 {count} 人", "Counted: {count} looked at this hour"),
    "checkpoint.name": ("验码", "Checkpoint"),
    "checkpoint.next": ("下一位", "Next person"),
    "checkpoint.no": ("否", "No"),
    "checkpoint.note.title": ("临时凭条", "Interim note"),
    "checkpoint.opening": ("正在打开……", "Opening…"),
    "checkpoint.picture": ("摄像头画面", "Picture of the camera"),
    "checkpoint.read_out": ("请告诉对方", "Tell the person"),
    "checkpoint.refuse.counted": (
        "只记次数和理由，不记是谁。督查组可以看到。",
        "Only the number and the reason are counted, not who it was. The supervision team sees them.",
    ),
    "checkpoint.refuse.do": ("确认不予放行", "Refuse"),
    "checkpoint.refuse.how": (
        "此人的码应予通行。只有以下三种情形可以不放行，没有其他理由。",
        "This person's code says pass. There are three reasons to refuse all the same, and no other.",
    ),
    "checkpoint.refuse.law": ("哪一部法律", "Which law"),
    "checkpoint.refuse.law_hint": (
        "请写明名称，例如体温检测所依据的规定。",
        "Name it, such as the rules on temperature checks.",
    ),
    "checkpoint.refuse.not": ("返回结果，予以放行", "Back: let the person pass"),
    "checkpoint.refuse.reason": ("属于哪一种？", "Which one is it?"),
    "checkpoint.refuse.title": ("不予放行", "Refuse this person"),
    "checkpoint.responsible": ("负责单位：{who}。", "Responsible: {who}."),
    "checkpoint.scan.by_hand": ("手工输入码的文字", "Type the text of a code"),
    "checkpoint.scan.how": (
        "手机码、纸质码都可以。读到后自动给出结果。",
        "On a phone or on paper. The answer comes by itself.",
    ),
    "checkpoint.scan.text": ("码的文字", "Text of the code"),
    "checkpoint.scan.title": ("请对准健康码", "Aim at the code"),
    "checkpoint.scan.verify": ("查验", "Verify"),
    "checkpoint.seen_before": (
        "此码 {count} 秒前在此出示过",
        "This code was shown here {count} seconds ago",
    ),
    "checkpoint.source.recognition": (
        "依据{region}的互认声明，第 {version} 版",
        "Rests on the recognition of {region}, version {version}",
    ),
    "checkpoint.source.referral": (
        "依据对{region}的转请声明，第 {version} 版",
        "Rests on the referral of {region}, version {version}",
    ),
    "checkpoint.source.rulebook": (
        "依据{region}的管理规定，第 {version} 版",
        "Rests on the rulebook of {region}, version {version}",
    ),
    "checkpoint.spoken": (
        "{outcome}。{name}，证件末四位 {last4}",
        "{outcome}. {name}, last four of the ID {last4}",
    ),
    "checkpoint.supply.asked": ("上次更新", "Fetched last"),
    "checkpoint.supply.country": ("全国状态表", "Status lists of the country"),
    "checkpoint.supply.hard": (
        "数据超过七天。一律“暂未判定”，请走人工核实，并尽快联网。",
        ("The data is more than seven days old. Every answer is “undecided”: use the manual path, and "
         "connect."),
    ),
    "checkpoint.supply.lacking": (
        "没有取到这些地区的状态表，当地的健康码可能“暂未判定”：{regions}。请联网更新。",
        ("The status lists of these regions could not be fetched, so their passes may stay “undecided”: "
         "{regions}. Connect and update."),
    ),
    "checkpoint.supply.lists": ("{regions} 个地区，{lists} 张", "{lists} of {regions} regions"),
    "checkpoint.supply.missing": (
        "这些地区这次没有取到，继续用已有的：{regions}",
        "Not fetched this time, so what is here is used: {regions}",
    ),
    "checkpoint.supply.no_list": ("没有", "None"),
    "checkpoint.supply.now": ("立即更新", "Fetch now"),
    "checkpoint.supply.own": ("本地区状态表", "Status lists of this region"),
    "checkpoint.supply.progress": ("正在更新 {done}/{of}", "fetching {done} of {of}"),
    "checkpoint.supply.title": ("数据和计数", "Data and counts"),
    "checkpoint.supply.trust": ("互认名单和规定", "Who is trusted, and the rules"),
    "checkpoint.supply.under_way": ("正在更新", "Fetching"),
    "checkpoint.supply.warn": (
        "数据超过一天。还可以查验，但新的签名和停用可能不知道。请尽快联网。",
        ("The data is more than a day old. It still decides, but may not know new keys or ends of "
         "recognition. Connect soon."),
    ),
    "checkpoint.test": ("测试", "TEST"),
    "checkpoint.title": ("验码", "Checkpoint"),
    "checkpoint.why": ("原因和依据", "Reason and basis"),
    "checkpoint.yes": ("是", "Yes"),
    "class.device": ("手机码", "phone pass"),
    "class.online": ("联网码", "online pass"),
    "class.paper": ("纸质码", "paper pass"),
    "colour.green": ("绿码", "green"),
    "colour.red": ("红码", "red"),
    "colour.yellow": ("黄码", "yellow"),
    "colour_name.green": ("绿码", "Green"),
    "colour_name.red": ("红码", "Red"),
    "colour_name.yellow": ("黄码", "Yellow"),
    "colour_reason.area_arrival": ("来自须管理的地区", "arrival from an area under measures"),
    "colour_reason.close_contact": ("密切接触者", "close contact of a case"),
    "colour_reason.confirmed_case": ("确诊病例", "confirmed case"),
    "colour_reason.risk_area_stay": ("到过风险地区", "stay in a risk area"),
    "colour_reason.suspected_case": ("疑似病例", "suspected case"),
    "colour_reason.symptoms": ("有相关症状", "symptoms"),
    "compare_id": (
        "请将姓名和证件号后四位与身份证核对。",
        "Compare the name and the last four digits with the ID card.",
    ),
    "correction.clock": (
        "最迟于{due}前答复；逾期将转督导人员办理。",
        "You have an answer by {due} at the latest; otherwise the supervisor takes it over.",
    ),
    "correction.closed": ("本申请已办结。", "This request has been decided."),
    "correction.overdue": (
        "答复时限已于{due}届满，现由督导人员办理。",
        "The clock ran out on {due}; the supervisor decides now.",
    ),
    "correction.relief_note": (
        "临时通行至{until}：其他地区所赋颜色正在核实。本说明不含管控措施，也不代表任何颜色。",
        ("Interim passage until {until}: the colour of another region is in dispute. This note carries no "
         "measure and no colour."),
    ),
    "correction_step.decided": ("工作人员已作出决定。", "An officer decided."),
    "correction_step.escalated": (
        "24小时已过，已转督导人员办理。",
        "The 24 hours have passed; the supervisor has it now.",
    ),
    "correction_step.opened": ("您提交了纠错申请。", "You asked for a correction."),
    "correction_step.referred": (
        "已转请赋予该颜色的地区核实。",
        "The region that gave the colour was asked.",
    ),
    "correction_step.relief_granted": ("您已获准临时通行。", "You were granted interim passage."),
    "demand.another_proof": ("其他证明", "another proof"),
    "demand.community_letter": ("社区（村）证明或报备函", "a letter from a community"),
    "demand.health_certificate": ("健康证明", "a health certificate"),
    "demand.local_code": ("另行申领本地健康码", "an application for a local code"),
    "demand.quarantine": ("要求隔离", "quarantine"),
    "demand.registration_form": ("填写登记表", "a registration form"),
    "demand.test_result": ("检测结果", "a test result"),
    "demand.travel_proof": ("行程证明", "a proof of travel"),
    "demo_provider.choose": ("请选择以谁的身份登录。", "Choose who to sign in as."),
    "demo_provider.demo": (
        "演示（DEMO）：这里不核验任何人的身份，所列人员均为虚构。请勿填写真实个人信息。",
        ("DEMO: nobody's identity is proved here, and the people listed do not exist. Enter nothing about "
         "real people."),
    ),
    "demo_provider.not_asked": (
        "这个页面要从登录处打开。请回到健康码应用，重新登录。",
        "This page is opened by signing in. Go back to the health pass app and sign in again.",
    ),
    "demo_provider.title": ("演示身份认证（DEMO）", "DEMO identity provider"),
    "direction.both": ("有加严也有放宽", "Tighter and looser"),
    "direction.looser": ("放宽", "Looser"),
    "direction.neither": ("其他变更", "Otherwise changed"),
    "direction.tighter": ("加严", "Tighter"),
    "ends.after_days": ("期满", "when the days are over"),
    "ends.issuer_release": ("发码地区解除", "when the issuing region lifts it"),
    "ends.medical_clearance": ("医生确认可以解除", "when a doctor clears you"),
    "evidence.arrival": (
        "{at}自{area}到达（来源：{source}）",
        "arrived from {area} at {at} (from {source})",
    ),
    "evidence.assignment": (
        "{at}至{ended}按公布的规则认定（来源：{source}）",
        "assigned under a published rule from {at} to {ended} (from {source})",
    ),
    "evidence.clearance": ("{at}已排除或解除（来源：{source}）", "cleared at {at} (from {source})"),
    "evidence.close_contact": (
        "{at}最后一次接触病例（来源：{source}）",
        "last contact with a case at {at} (from {source})",
    ),
    "evidence.confirmed_case": (
        "{at}报告为确诊病例（来源：{source}）",
        "reported as a confirmed case at {at} (from {source})",
    ),
    "evidence.finding": (
        "本地区风险评估认定，自{at}起（来源：{source}）",
        "found by the assessment of the region, in effect since {at} (from {source})",
    ),
    "evidence.stay": (
        "{at}至{ended}在{area}停留，凭{record}（来源：{source}）",
        "in {area} from {at} to {ended}, shown by {record} (from {source})",
    ),
    "evidence.suspected_case": (
        "{at}报告为疑似病例（来源：{source}）",
        "reported as a suspected case at {at} (from {source})",
    ),
    "evidence.symptoms": ("{at}开始有症状（来源：{source}）", "symptoms began at {at} (from {source})"),
    "evidence_source.declaration": ("本人申报", "your own declaration"),
    "evidence_source.import": ("{name}的名单", "the list of {name}"),
    "evidence_source.officers": ("两名工作人员共同认定", "two officers together"),
    "evidence_source.region": ("{name}通报", "the region {name}"),
    "freshness.fresh": ("数据最新", "up to date"),
    "freshness.missing": ("没有数据", "missing"),
    "freshness.not_needed": ("不需要", "not needed"),
    "freshness.stale": ("数据太旧", "too old"),
    "freshness.warn": ("数据超过一天", "more than a day old"),
    "guardian.consent": (
        ("我是此人的监护人或经其同意代为办理。我同意：在我的手机上代其申领、出示和续签健康码；"
         "代其申报健康和行程，并查看自同意之日起的申报（查看会留有记录）；其健康码颜色变化的通知发给我；"
         "可随时结束代办，结束后我手机上的代办健康码随即作废。"),
        ("I am this person's guardian, or act with their consent. I agree to apply for, show and renew "
         "their health pass on my phone, to declare their health and trips and read what was declared "
         "since I agreed, and to be told when the colour changes. What I read is recorded. I can end this "
         "at any time; the passes I carry for them then become void."),
    ),
    "id_card.no_current_pass": (
        "没有查到此证件现行有效的健康码。可向发码地区换新码，或在本地申领，也可走人工通道。",
        "No current pass was found for this document. Renew at home, apply here, or take the manual path.",
    ),
    "key_usage.bundle": ("签发离线信任包", "signs bundles"),
    "key_usage.pass": ("签发健康码", "signs passes"),
    "key_usage.statement": ("签发文件", "signs statements"),
    "key_usage.status": ("签发状态名单", "signs status lists"),
    "manual.ended": ("人工核实已结束：{outcome}。", "The check by hand has ended: {outcome}."),
    "manual.note_holds": (
        "临时凭条属实，有效至{until}。请放行，不得据此采取任何管控措施。",
        ("The interim note is genuine and good until {until}. Let the person go on; no measure may follow "
         "from it."),
    ),
    "manual.noted": (
        "核实尚无结果。请持此临时凭条先行通过，任何人不得据此对您采取管控措施。",
        "There is no answer yet. Go on with this interim note; no measure may follow from it.",
    ),
    "manual.open": (
        "正在人工核实，最迟 {due} 有结果。到时没有结果，您可持临时凭条先行通过。",
        ("This is being checked by hand; there will be an answer by {due} at the latest. Without one by "
         "then, you go on with an interim note."),
    ),
    "measure.central_isolation": (
        ("集中隔离{days}天，自健康码所依据之日算起，请在指定地点居住。由{responsible}负责；解除条件："
         "{ends}，最迟{ends_at}解除。"),
        ("{days}-day isolation from the date the colour is based on, at a place provided for it. In "
         "charge: {responsible}. It ends {ends}, at the latest {ends_at}."),
    ),
    "measure.health_monitoring": (
        ("健康监测{days}天，自健康码所依据之日算起，请每天报告身体情况。由{responsible}负责；解除条件："
         "{ends}，最迟{ends_at}解除。"),
        ("{days}-day health monitoring from the date the colour is based on: report how you feel every "
         "day. In charge: {responsible}. It ends {ends}, at the latest {ends_at}."),
    ),
    "measure.home_observation": (
        ("居家观察{days}天，自健康码所依据之日算起，请留在住处。由{responsible}负责；解除条件：{ends}，"
         "最迟{ends_at}解除。"),
        ("{days}-day home observation from the date the colour is based on: please stay at home. In "
         "charge: {responsible}. It ends {ends}, at the latest {ends_at}."),
    ),
    "measure.medical_referral": (
        ("请就医检查，最长{days}天，自健康码所依据之日算起。由{responsible}负责；解除条件：{ends}，"
         "最迟{ends_at}解除。"),
        ("Please see a doctor: {days}-day term from the date the colour is based on. In charge: "
         "{responsible}. It ends {ends}, at the latest {ends_at}."),
    ),
    "measure.medical_referral.open": (
        "请就医检查，时间由医生决定。由{responsible}负责；解除条件：{ends}，最迟{ends_at}解除。",
        ("Please see a doctor, who decides how long it takes. In charge: {responsible}. It ends {ends}, at "
         "the latest {ends_at}."),
    ),
    "measure.no_entry": (
        ("暂时不能进入，期限{days}天，自健康码所依据之日算起。您的去处：{onward}。由{responsible}协助；"
         "解除条件：{ends}，最迟{ends_at}解除。"),
        ("Entry is not possible for now: {days}-day term from the date the colour is based on. Your way "
         "on: {onward}. Help: {responsible}. It ends {ends}, at the latest {ends_at}."),
    ),
    "measure_name.central_isolation": ("集中隔离", "isolation at a place provided"),
    "measure_name.health_monitoring": ("健康监测", "health monitoring"),
    "measure_name.home_observation": ("居家观察", "home observation"),
    "measure_name.medical_referral": ("就医", "seeing a doctor"),
    "measure_name.no_entry": ("暂不能进入", "no entry for now"),
    "member_state.joining": ("即将参加", "about to join"),
    "member_state.left": ("已停止参加", "no longer"),
    "member_state.member": ("参加", "takes part"),
    "member_state.none": ("未参加", "not yet"),
    "message.correction_escalated": (
        "您的纠错申请24小时内未得到答复，已转督导人员办理；答复之前不会关闭。",
        ("24 hours have passed without an answer to your request for correction. It is now with the "
         "supervisor and stays open until it is answered."),
    ),
    "message.correction_evidence_annulled": (
        "您的纠错申请已通过：相关依据有误，已不再采用，您的健康码已重新评估。",
        ("Your request for correction was granted: the evidence was found wrong and no longer counts. Your "
         "health pass was assessed again."),
    ),
    "message.correction_identity_corrected": (
        "您的纠错申请已通过：您的信息已更正。出行前请打开应用领取新码。",
        ("Your request for correction was granted: your data is put right. Open the app and fetch your new "
         "code before you set out."),
    ),
    "message.correction_opened": (
        "您的纠错申请已收到，24小时内答复，每一步进展都可在此查看。",
        ("Your request for correction has arrived. You have an answer within 24 hours; you can follow "
         "every step here."),
    ),
    "message.correction_referred_to_issuer": (
        ("您提出异议的颜色由其他地区赋予，我们已转请该地区核实，对方应在24小时内答复，"
         "您的申请在此保持办理中。"),
        ("The colour you dispute was given by another region. We have asked that region; it has 24 hours, "
         "and your request stays open here."),
    ),
    "message.correction_upheld": (
        "您的纠错申请已有结论：维持不变，理由见申请详情。如有新情况，可再次申请。",
        ("Your request for correction was decided: nothing changes. The reasons are in the request. If you "
         "have something new, ask again."),
    ),
    "message.fact_contradicted": (
        ("{region}曾通报一项对您不利的依据，但该地区目前的答复并不支持。该依据在本地区不生效，"
         "{region}应在{hours}小时内作出说明。"),
        ("{region} told of a ground against you, and its own present answer does not confirm it. It counts "
         "for nothing here. {region} has {hours} hours to explain."),
    ),
    "message.grounds_changed": (
        "您的健康码仍为{colour}，依据有变化。{rule}截至{until}。{way_back}请在应用中续领或重新打印。",
        ("Your health pass is still {colour}, on other grounds. {rule} Until {until}. {way_back} Renew it "
         "in the app or print it anew."),
    ),
    "message.home_asked": (
        "已收到您的申领。我们正在向{region}核实，最迟{when}办结，届时自动发码。",
        ("We have your application and are asking {region}. You get your code by {when} at the latest, "
         "without doing anything more."),
    ),
    "message.paper_to_be_printed": (
        "您的健康信息有变化，旧的纸质码不再使用，请重新打印后再出行。",
        ("Your health data has changed and your printed code is no longer used. Print the new one before "
         "you set out."),
    ),
    "message.paper_to_be_signed": (
        "因签名密钥更换，您的纸质码需要重新签发，健康信息没有变化，请重新打印后再出行。",
        ("Your printed code has to be issued again because a signing key was changed; your health data is "
         "as before. Print a new one before you set out."),
    ),
    "message.pass_expires": (
        "您的{class}将于{when}到期，请现在续领：在本地续领，人在外地的也可以在所在地申领。",
        ("Your {class} runs out on {when}. Renew it now with your own region, or apply where you are "
         "staying."),
    ),
    "message.pass_on_another_phone": (
        "您的{class}已在另一部手机上申领，原手机上的码不再有效。如非本人操作，请立即作废并重新申领。",
        ("Your {class} was taken out on another phone; the code on the earlier phone is no longer valid. "
         "If this was not you, void the new one now and apply again."),
    ),
    "message.pass_renewed_by_change": (
        "您的健康信息有变化，旧码已换成新码，请打开应用刷新后再出行。",
        ("Your health data has changed and your code was replaced. Open the app and refresh it before you "
         "set out."),
    ),
    "message.pass_restored": ("您的{class}已恢复使用。", "Your {class} can be used again."),
    "message.pass_signed_again": (
        "因签名密钥更换，您的码已重新签发，颜色和健康信息没有变化，请打开应用刷新后再出行。",
        ("Your code was issued again under a new signing key; colour and dates of your data are as before. "
         "Open the app and refresh it before you set out."),
    ),
    "message.pass_suspended": (
        ("您的{class}暂停使用（原因：{reason}），最长24小时，到时自动恢复。期间请走人工通道；如有疑问，"
         "请提出纠错。"),
        ("Your {class} is on hold: {reason}. It comes back by itself within 24 hours. Until then use the "
         "manual path at a checkpoint; if this is wrong, ask for a correction."),
    ),
    "message.pass_to_be_refreshed": (
        "您的健康信息有变化，旧码不再使用，请打开应用重新领取后再出行。",
        ("Your health data has changed and your code is no longer used. Open the app and fetch a new one "
         "before you set out."),
    ),
    "message.pass_to_be_signed": (
        "因签名密钥更换，您的码需要重新签发，健康信息没有变化，请打开应用重新领取后再出行。",
        ("Your code has to be issued again because a signing key was changed; your health data is as "
         "before. Open the app and fetch a new code before you set out."),
    ),
    "message.pass_void": (
        ("您的{class}已作废（原因：{reason}）。您可以在本地重新申领；人在外地的，也可以在所在地申领。"
         "如有疑问，请提出纠错。"),
        ("Your {class} is no longer valid: {reason}. You can apply for a new one with your own region, or "
         "where you are staying. If this is wrong, ask for a correction."),
    ),
    "message.relief_granted": (
        "在核实其他地区所赋颜色期间，您可在本地临时通行{hours}小时。请在查验点出示本申请中的临时凭条。",
        ("While the colour from another region is being checked, you may pass here for {hours} hours. Show "
         "the note in this request at the checkpoint."),
    ),
    "message.reviewed": (
        ("您的健康码已复核，仍为{colour}。{rule}下次复核或结束时间为{until}。"
         "{way_back}请在应用中续领或重新打印。"),
        ("Your health pass was reviewed and is still {colour}. {rule} Next review or end: {until}. "
         "{way_back} Renew it in the app or print it anew."),
    ),
    "message.turned": (
        "您的健康码现为{colour}。{rule}截至{until}。{way_back}",
        "Your health pass is now {colour}. {rule} Until {until}. {way_back}",
    ),
    "message.turned_green": (
        "您的健康码已恢复为绿码，请刷新后使用。",
        "Your health pass is green again; refresh it before you use it.",
    ),
    "message.visitor_pass_issued": (
        "您申领的{class}已经发出，请打开应用领取。",
        "The {class} you applied for is ready. Open the app to fetch it.",
    ),
    "message.visitor_refused": (
        "您申请的{class}未能签发：{why}您可以在本地重新申请，或续签{region}的健康码，该码在本地同样有效。",
        ("The {class} you applied for was not issued: {why} You can apply here again, or renew the code of "
         "{region}, which counts here."),
    ),
    "nation": ("国家平台", "National platform"),
    "node_page.checkpoint": ("验码：查验点", "Verify: the checkpoint"),
    "node_page.interface": ("程序接口说明", "Interface for programs"),
    "node_page.not_built": (
        "本机尚未安装手机应用。管理员请按说明文件安装，然后刷新本页。",
        "The phone apps are not built here yet. Operator: run make pwa, then load this page again.",
    ),
    "node_page.test": (
        "测试系统：这里的健康码不是真实的健康码。",
        "TEST: the passes of this node are not real passes.",
    ),
    "node_page.title": ("{region}健康通行码", "Health passes of {region}"),
    "node_page.wallet": ("亮码：我的健康通行码", "Show: my health pass"),
    "outcome.CONTROL": ("按规定管理", "Measures apply"),
    "outcome.PASS": ("通行", "Pass"),
    "outcome.REAPPLY": ("需换新码", "New pass"),
    "outcome.REFER": ("转请主管部门", "Referred"),
    "outcome.REJECT": ("此码不可用", "Code unusable"),
    "outcome.UNDECIDED": ("暂未判定", "Undecided"),
    "pair_step.confirmed": ("已确认", "Confirmed"),
    "pair_step.confirmed.meaning": (
        "双方已确认，等待公布；公布并生效前不互认。",
        "Both sides agree; nothing is recognised until it is published and takes effect.",
    ),
    "pair_step.confirmed.told": (
        "{host}已于{since}确认与{issuer}互认，等待公布。",
        "{host} confirmed recognition of {issuer} on {since}; it is not published yet.",
    ),
    "pair_step.in_force": ("互认中", "Recognised"),
    "pair_step.in_force.meaning": (
        "绿码通行，不再要求其他证明；黄码、红码按查验地的规定办理。",
        "A green pass passes and nothing else is asked; yellow and red meet the host's rules.",
    ),
    "pair_step.in_force.told": (
        "自{since}起，{host}承认{issuer}的健康码，与本地健康码同等对待。",
        "Since {since}, {host} recognises passes of {issuer} as equal to its own.",
    ),
    "pair_step.invited": ("已邀请", "Invited"),
    "pair_step.invited.meaning": (
        "已发出邀请，等待对方答复；现在还不互认。",
        "Invited, waiting for the reply; nothing is recognised yet.",
    ),
    "pair_step.invited.told": (
        "{host}已于{since}邀请{issuer}互认，等待答复。",
        "{host} invited {issuer} on {since} and waits for the reply.",
    ),
    "pair_step.none": ("未开始", "Not begun"),
    "pair_step.none.meaning": (
        "还没有任何一步。外地人员可在当地申领健康码。",
        "No step has been taken. Travellers can apply for a pass on arrival.",
    ),
    "pair_step.none.told": (
        "{host}与{issuer}之间还没有开始这一方向的互认。",
        "{host} has taken no step towards recognising passes of {issuer}.",
    ),
    "pair_step.outside": ("未参加", "Not taking part"),
    "pair_step.outside.meaning": (
        "已公布互认，但其中一方没有参加国家平台，其健康码无法核验。",
        ("Recognition is published, but one side does not take part in the hub, so its passes cannot be "
         "verified."),
    ),
    "pair_step.outside.told": (
        "{host}已公布承认{issuer}的健康码，但其中一方没有参加国家平台，其健康码无法核验。",
        ("{host} has published its recognition of {issuer}, but one of them does not take part in the hub, "
         "so passes cannot be verified."),
    ),
    "pair_step.own": ("本地", "Own region"),
    "pair_step.own.meaning": ("本地健康码，按本地规定办理。", "The region's own pass, under its own rules."),
    "pair_step.own.told": (
        "{host}的健康码在{host}按本地规定办理。",
        "Passes of {host} are under its own rules in {host}.",
    ),
    "pair_step.published": ("已公布待生效", "Published"),
    "pair_step.published.meaning": (
        "已公布，到所写时刻起互认。",
        "Published; recognised from the time it names.",
    ),
    "pair_step.published.told": (
        "{host}已于{since}公布承认{issuer}的健康码，尚未生效。",
        "{host} published its recognition of {issuer} on {since}; it has not taken effect yet.",
    ),
    "pair_step.referred": ("转办", "Referred"),
    "pair_step.referred.meaning": (
        "按国家统一要求办理，由所列主管部门答复。",
        "A national requirement decides; the authority named here answers.",
    ),
    "pair_step.referred.told": (
        "自{since}起，{issuer}的健康码在{host}按国家统一要求办理，主管部门：{authority}。",
        ("Since {since}, passes of {issuer} are referred in {host} under the national requirement. "
         "Authority: {authority}."),
    ),
    "pair_step.released": ("已解除限制", "Released"),
    "pair_step.released.meaning": (
        "国家统一要求已解除，与互认相同。",
        "The national requirement no longer applies; as good as recognised.",
    ),
    "pair_step.released.told": (
        "自{since}起，国家统一要求已解除，{host}承认{issuer}的健康码。",
        ("Since {since}, the national requirement no longer applies and {host} recognises passes of "
         "{issuer}."),
    ),
    "pair_step.released_in_part": ("部分解除限制", "Released in part"),
    "pair_step.released_in_part.meaning": (
        "除所列地区外已互认；所列地区仍按国家统一要求办理。",
        "Recognised but for the areas named, which the national requirement still covers.",
    ),
    "pair_step.released_in_part.told": (
        ("自{since}起，{host}承认{issuer}的健康码，{areas}除外；{areas}仍按国家统一要求办理，主管部门："
         "{authority}。"),
        ("Since {since}, {host} recognises passes of {issuer}, except those of {areas}, which are still "
         "referred. Authority: {authority}."),
    ),
    "pair_step.replied": ("已答复", "Replied"),
    "pair_step.replied.meaning": (
        "对方已答复，等待确认；现在还不互认。",
        "The other side has replied; nothing is recognised until it is confirmed and published.",
    ),
    "pair_step.replied.told": (
        "{issuer}的答复已于{since}收到，等待{host}确认。",
        "{issuer} has replied; {host} told so on {since} and has not confirmed yet.",
    ),
    "pair_step.suspended": ("暂停", "Suspended"),
    "pair_step.suspended.meaning": (
        "暂停互认：请在查验地申领，或走人工通道。",
        "Stopped for now: apply on arrival, or take the manual path.",
    ),
    "pair_step.suspended.told": (
        "自{since}起，{host}暂停承认{issuer}的健康码。",
        "Since {since}, {host} has suspended its recognition of {issuer}.",
    ),
    "paper.carry": (
        "请随身携带身份证，保持二维码平整清洁。到期前可重新申领、重新打印。",
        ("Carry your ID card with it and keep the code flat and clean. Apply again and print anew before "
         "it runs out."),
    ),
    "paper.changed": (
        "如您的健康信息有变化，本页不再有效，请按通知重新打印。",
        ("When your health data changes, this sheet is no longer valid; print it again when you are told "
         "so."),
    ),
    "paper.expires": ("有效期至", "Valid until"),
    "paper.guardian": ("由监护人代办", "Applied for by a guardian"),
    "paper.issued": ("发码时间", "Issued"),
    "paper.issuer": ("发码地区", "Issued by"),
    "paper.last_four": ("证件号后四位", "Last four of the ID number"),
    "paper.lost": (
        ("遗失怎么办：请在应用中作废，或请社区、查验点工作人员协助。之后可在本地重新申领；人在外地的，"
         "也可在所在地申领。"),
        ("If it is lost: void it in the app, or ask your community or a checkpoint for help. Then apply "
         "for another with your own region, or where you are staying."),
    ),
    "paper.name": ("姓名", "Name"),
    "paper.scan": (
        "请查验人员扫描二维码，并将姓名和证件号后四位与身份证核对。纸面不显示结果，以扫描结果为准。",
        ("At a checkpoint: scan the code, then compare the name and the last four digits with the ID card. "
         "This sheet shows no result; the scan does."),
    ),
    "paper.title": ("纸质健康码", "Health pass on paper"),
    "pass_reason.death": ("持码人死亡", "the holder was reported dead"),
    "pass_reason.holders_wish": ("本人要求", "the holder asked for it"),
    "pass_reason.issued_in_error": ("发码有误", "it was issued in error"),
    "pass_reason.lost": ("遗失", "it was reported lost"),
    "pass_reason.open_correction": ("正在核对您的信息", "your data is being checked"),
    "pass_reason.stolen": ("被盗", "it was reported stolen"),
    "pass_reason.suspected_theft": ("疑似被盗用", "it may have been stolen"),
    "presence.checkpoint": ("查验点登记", "a checkpoint record"),
    "presence.declared": ("本人申报", "your own declaration"),
    "presence.lodging": ("住宿登记", "a lodging record"),
    "presence.place_code": ("场所码扫码", "a scanned place code"),
    "presence.residence": ("居住登记", "a residence record"),
    "presence.transport": ("乘车（机、船）记录", "a travel record"),
    "problem.clock.next": ("请稍后再试。", "Try again in a moment."),
    "problem.clock.title": ("时钟有误", "Clock not usable"),
    "problem.clock.what": (
        "系统的时钟不对，暂时不能签发。",
        "The clock of the system is wrong, so that nothing is signed.",
    ),
    "problem.download.next": ("请稍后再试。", "Try again in a moment."),
    "problem.download.title": ("没有取到", "Could not be fetched"),
    "problem.download.what": ("需要的数据暂时取不到。", "What is needed cannot be fetched at the moment."),
    "problem.duplicate-record.next": (
        "请先查看已有的记录。",
        "Read the record that is there before sending another.",
    ),
    "problem.duplicate-record.title": ("已有记录", "Already recorded"),
    "problem.duplicate-record.what": ("同样的内容已经有记录。", "The same is recorded already."),
    "problem.fault.next": ("请稍后再试。", "Try again later."),
    "problem.fault.title": ("系统故障", "A fault"),
    "problem.fault.what": (
        "系统出了故障，不是您的操作造成的。",
        "Something failed that is no fault of yours.",
    ),
    "problem.format.next": ("请重新获取数据。", "Get the data again from where it came."),
    "problem.format.title": ("格式不对", "Not in the expected format"),
    "problem.format.what": ("提交的数据读不出来。", "The data that was sent cannot be read."),
    "problem.identity-provider.next": (
        "请稍后再登录，已有的码照常有效。",
        "Try to sign in again in a moment; passes that are there stay valid meanwhile.",
    ),
    "problem.identity-provider.title": ("身份认证服务不可用", "Identity provider not available"),
    "problem.identity-provider.what": (
        "身份认证服务暂时没有回应。",
        "The service that proves who you are does not answer.",
    ),
    "problem.invalid-input.next": ("请改正后再提交。", "Correct the field and send it again."),
    "problem.invalid-input.title": ("填写有误", "Not as expected"),
    "problem.invalid-input.what": ("有一项内容不符合要求。", "Something that was sent is not as expected."),
    "problem.key-store.next": ("请稍后再试。", "Try again in a moment."),
    "problem.key-store.title": ("密钥库不可用", "Key store not usable"),
    "problem.key-store.what": ("系统暂时不能签名。", "The system cannot sign at the moment."),
    "problem.not-permitted.next": (
        "请找有此权限、管这个地方的工作人员。",
        "Ask the officer whose role and division it is.",
    ),
    "problem.not-permitted.title": ("没有权限", "Not permitted"),
    "problem.not-permitted.what": (
        "这个账号不能办理这件事，或者不管这个地方。",
        "This account may not do this, or not for this place.",
    ),
    "problem.not-possible-now.next": ("请先查看目前的状态。", "Read the present state first."),
    "problem.not-possible-now.title": ("现在不能办理", "Not possible now"),
    "problem.not-possible-now.what": (
        "按目前的状态，现在不能这样办理。",
        "In the present state this cannot be done now.",
    ),
    "problem.not-signed-in.next": ("请重新登录。", "Sign in again."),
    "problem.not-signed-in.title": ("未登录", "Not signed in"),
    "problem.not-signed-in.what": (
        "没有登录凭证，或者登录已失效。",
        "There is no sign-in with this request, or it no longer holds.",
    ),
    "problem.overloaded.next": (
        "请稍等再试，已出示的码在查验点可以离线查验。",
        "Wait and try again; at a gate, a code already shown can be verified offline.",
    ),
    "problem.overloaded.title": ("系统繁忙", "Too busy at the moment"),
    "problem.overloaded.what": ("现在使用的人很多。", "Many people are using the system now."),
    "problem.publication-refused.next": (
        "请按条款修改后再公布。",
        "Change it so that it keeps the clause, then publish again.",
    ),
    "problem.publication-refused.title": ("不能公布", "Publication refused"),
    "problem.publication-refused.what": (
        "要公布的内容不符合通知的条款。",
        "What was to be published breaks a clause of the notice.",
    ),
    "problem.region-unavailable.next": (
        "请稍后再试，已出示的码在查验点可以离线查验。",
        "Try again in a moment; at a gate, a code already shown can be verified offline.",
    ),
    "problem.region-unavailable.title": ("该地区暂无回应", "This region does not answer at the moment"),
    "problem.region-unavailable.what": (
        "该地区的系统暂时没有回应。",
        "The system of this region does not answer.",
    ),
    "problem.request-refused.next": ("请核对后再试。", "Check what was sent and try again."),
    "problem.request-refused.title": ("没有办理", "Not done as asked"),
    "problem.request-refused.what": ("不能这样办理。", "This cannot be done as asked."),
    "problem.signing-refused.next": ("请改正申领内容。", "Correct the application."),
    "problem.signing-refused.title": ("没有签发", "Pass not signed"),
    "problem.signing-refused.what": ("这样的码不能签发。", "Such a pass may not be signed."),
    "problem.store-unavailable.next": ("请稍后再试。", "Try again in a moment."),
    "problem.store-unavailable.title": ("记录暂时读不到", "Records not reachable"),
    "problem.store-unavailable.what": (
        "系统的记录暂时读写不了，已确认的不会丢失。",
        "Records cannot be read or written at the moment; nothing that was confirmed is lost.",
    ),
    "problem.too-large.next": ("请减少内容再提交。", "Send less at once."),
    "problem.too-large.title": ("内容太大", "Too large"),
    "problem.too-large.what": ("提交的内容太大。", "What was sent is too large."),
    "problem.too-many.next": ("请稍等再试。", "Wait and try again."),
    "problem.too-many.title": ("请求太多", "Too many requests"),
    "problem.too-many.what": ("一分钟内的请求太多。", "There were too many requests within a minute."),
    "problem.took-too-long.next": (
        "请先查看目前的状态，再试一次。",
        "Read the present state, then try again.",
    ),
    "problem.took-too-long.title": ("办理超时", "Took too long"),
    "problem.took-too-long.what": ("这次办理没有在规定时间内完成。", "This was not done in time."),
    "problem.trust.next": ("请重新获取，不要使用这一份。", "Fetch it again; do not use this copy."),
    "problem.trust.title": ("来源无法确认", "Not vouched for"),
    "problem.trust.what": ("这份数据没有可信的签名。", "No trusted signature vouches for this data."),
    "problem.unknown-record.next": ("请核对编号和登录身份。", "Check the id and who you are signed in as."),
    "problem.unknown-record.title": ("没有找到", "Not found"),
    "problem.unknown-record.what": (
        "没有这个编号的内容，或者您不能查看。",
        "There is nothing with this id, or nothing you may see.",
    ),
    "problem.unknown-region.next": ("请使用省级地区的六位代码。", "Use the six-digit code of a region."),
    "problem.unknown-region.title": ("没有这个地区", "Unknown region"),
    "problem.unknown-region.what": ("没有这个省级地区代码。", "There is no region with this code."),
    "publication.another_regions_key": (
        "“{region}”的文件只能由该地区自己的密钥签发（C2.1，规则4）。",
        ("A statement of {region} is signed by its own key and no other (C2.1, rule 4). Let that region "
         "sign it."),
    ),
    "publication.areas_not_named": (
        "该地区的码不标明区域，不能只解除一部分（C3.3）。",
        ("Passes of that region name no area, so a release cannot leave areas out (C3.3). Release all of "
         "it, or let the row name areas."),
    ),
    "publication.asks_document": (
        "不得要求其他任何防疫证明（C3.2）。请删去这项要求。",
        "No other epidemic proof may be asked for (C3.2). Remove this demand.",
    ),
    "publication.back_dated": (
        "所写时间与平台收到的时间相差超过允许范围：最多早15分钟（C2.1，规则3）。请以现在的时间重新签发。",
        ("The time stated is not the present one: it may lie at most 15 minutes before the hub receives it "
         "(C2.1, rule 3). Sign it anew with the time of now."),
    ),
    "publication.before_equal_since": (
        "内蒙古自2020年3月19日零时起承认他省健康码，不得更早（C3.1）。",
        ("Inner Mongolia recognises other codes from 2020-03-19T00:00:00+08:00, not before (C3.1). Set "
         "that time or a later one."),
    ),
    "publication.days_missing": (
        "这项措施没有写明天数，只有就医检查可以不写（C2.2）。请写明1至21天。",
        ("This measure names no days; only a medical referral may leave them open (C2.2). Name 1 to 21 "
         "days."),
    ),
    "publication.days_out_of_range": (
        "天数为{days}，措施只能是1至21天（C2.2）。请改为范围内的天数。",
        "Days is {days}, but a measure lasts 1 to 21 days (C2.2). Choose a number in that range.",
    ),
    "publication.departs_from_national": (
        "与现行国家统一要求不一致：主管部门和各项日期须照录（C3.3）。请重新取得国家要求。",
        ("This departs from the national rulebook in force: authority and dates are copied as they stand "
         "there (C3.3). Fetch the national rulebook again."),
    ),
    "publication.effect_before_publication": (
        "生效时间不能早于公布时间（C2.1）。请改为公布时或之后。",
        "Nothing takes effect before it is published (C2.1). Set the effect to the publication or later.",
    ),
    "publication.emergency_too_long": (
        "紧急规定最长7天，到期自行结束（C2.2）。请缩短期限，需要更长时间的按一般程序公布。",
        ("An emergency rulebook ends by itself within 7 days (C2.2). Set an earlier end, or publish a "
         "longer rule with notice."),
    ),
    "publication.emergency_without_reason": (
        "紧急规定必须公布原因（C2.2）。请写明原因。",
        "An emergency rulebook needs a published reason (C2.2). Give the reason.",
    ),
    "publication.history_rewritten": (
        "已公布的承认不能改写，只能中止或恢复（C2.1）。请保留原来的时间。",
        ("What was published about this region cannot be rewritten, only suspended or resumed (C2.1). Keep "
         "the times as they were."),
    ),
    "publication.left_out": (
        "仍在施行的文件不能从公布内容中略去：{what}（C2.1，规则5）。请一并公布，或按程序中止。",
        ("Something in force is left out of what is published: {what} (C2.1, rule 5). Publish it along, or "
         "suspend it first."),
    ),
    "publication.missing_language": (
        "缺少{language}文本，每一行都要有中文和英文，让被管理的人看得懂（C2.2）。请补上。",
        ("The text in {language} is missing; every row needs Chinese and English, for the people it binds "
         "(C2.2). Add it."),
    ),
    "publication.names_green": (
        "规定不得提及绿码：绿码直接通行（C2.3）。请删去这一行。",
        "A rulebook cannot name green: green passes (C2.3). Remove this row.",
    ),
    "publication.national_row_dropped": (
        "国家统一要求中的地区不能删去，解除须写明日期（C3.3）。",
        ("A region stays in the national rulebook; what ends is written as a release with its date (C3.3). "
         "Keep the row."),
    ),
    "publication.national_too_late": (
        "国家统一要求不能追溯施行（C3.3）。请改为公布时或之后生效。",
        ("A national rulebook does not begin before it is published (C3.3). Let it begin at its "
         "publication or later."),
    ),
    "publication.no_entry_without_passage": (
        "不准进入，必须写明去处和负责部门（C2.2）。请补写前行或返回的办法。",
        "No entry needs a named onward or return passage and body (C2.2). Name both.",
    ),
    "publication.no_national_requirement": (
        "国家未对该地区提出统一要求，不能转办（C3.3）。请使用承认程序。",
        ("There is no national requirement for this region, so nobody is referred (C3.3). Use the steps of "
         "recognition instead."),
    ),
    "publication.no_rule_type": (
        ("“{word}”不是赋码规则的种类；种类只有病例、疑似病例、密接、症状、风险地区停留、来自某地六种，"
         "没有“工作人员认定”一种（既定规则10）。请改用其中之一。"),
        ("“{word}” is no type of assessment rule: there are confirmed case, suspected case, close contact, "
         "symptoms, stay in a risk area and arrival, and none that means officer (settled rule 10). Use "
         "one of them."),
    ),
    "publication.not_a_member": (
        "“{region}”届时未参加互认体系，不能由其或就其公布（C2.1）。请先办理加入。",
        ("Region {region} does not take part at that time, so nothing is published by it or about it "
         "(C2.1). Let it join first."),
    ),
    "publication.onward_without_no_entry": (
        "只有不准进入的措施才写去处（C2.2）。请删去去处，或改正措施种类。",
        ("Only a no-entry measure names an onward passage (C2.2). Remove the passage or correct the kind "
         "of measure."),
    ),
    "publication.own_region": (
        "地区不需承认自己的码（C3.1）。请写明另一地区。",
        "A region has nothing to declare about its own passes (C3.1). Name another region.",
    ),
    "publication.period_reversed": (
        "结束时间必须晚于开始时间（C2.2）。请改正期限。",
        "The end must be later than the start (C2.2). Correct the period.",
    ),
    "publication.reasons_malformed": (
        "原因列表有误：不得为空、不得重复，“*”只能单独使用（C2.2）。请改正列表。",
        "The list of reasons is malformed: not empty, none twice, “*” only alone (C2.2). Correct the list.",
    ),
    "publication.report_without_reason": (
        "差异报告须写明原因和拟中止的时间，中英文都要（C2.1，规则5）。",
        ("A deviation report has a reason in Chinese and English, and when the suspension shall take "
         "effect (C2.1, rule 5). Add them."),
    ),
    "publication.rule_areas": (
        "到达规则须列出1至{most}个地区代码，不得重复（既定规则10）。请改正列表。",
        "A rule about arrival names 1 to {most} areas, none twice (settled rule 10). Correct the list.",
    ),
    "publication.rule_count": (
        "赋码规则须有1至{most}条（既定规则10）。请改正条数。",
        "An assessment rulebook has 1 to {most} rules (settled rule 10). Correct their number.",
    ),
    "publication.rule_days_out_of_range": (
        "赋码规则的天数为{days}，须在1至21天之间（既定规则10）。请改正。",
        ("Days is {days}, but an assessment rule counts 1 to 21 days (settled rule 10). Choose a number in "
         "that range."),
    ),
    "publication.rule_id": (
        "规则编号须为2至40位小写字母、数字和连字符，以字母开头（既定规则10）。请改正编号。",
        ("A rule's id is 2 to 40 small letters, digits and hyphens, beginning with a letter (settled rule "
         "10). Correct the id."),
    ),
    "publication.rule_names_green": (
        "赋码规则不能写绿色：没有规则适用的人就是绿码（既定规则10）。请删去此条。",
        ("An assessment rule cannot give green: green is whom no rule finds (settled rule 10). Remove this "
         "rule."),
    ),
    "publication.rule_outlasts_window": (
        "停留或到达规则的持续天数不能长于其追溯天数（既定规则10）。请缩短天数。",
        ("A rule about a stay or an arrival cannot last longer than it looks back (settled rule 10). "
         "Shorten the days."),
    ),
    "publication.rule_start_missing": (
        "赋码规则须写明生效时间（既定规则10）。请写明。",
        "An assessment rulebook needs the time it takes effect (settled rule 10). Name it.",
    ),
    "publication.rule_start_past": (
        "赋码规则不能早于公布时间生效（既定规则10）。请推迟生效时间。",
        ("An assessment rulebook cannot take effect before it is published (settled rule 10). Set a later "
         "start."),
    ),
    "publication.rule_twice": (
        "同一编号的规则出现了两次（既定规则10）。请给每条规则各自的编号。",
        "Two rules have the same id (settled rule 10). Give each rule an id of its own.",
    ),
    "publication.rule_without_end": (
        "每条赋码规则都必须写明何时结束或何时复核（既定规则10）。请写明天数或复核天数。",
        ("Every assessment rule needs an end or a review time (settled rule 10). Name the days, or the "
         "days between reviews."),
    ),
    "publication.short_notice": (
        "中止须至少提前24小时公布，在途人员在此前仍然承认（C2.1，规则5）。请改为更晚生效。",
        ("A suspension is published at least 24 hours ahead, and passes in flight are honoured until then "
         "(C2.1, rule 5). Let it take effect later."),
    ),
    "publication.status_age_out_of_range": (
        "状态名单的时限必须在24小时至7天之间（C2.2）。请改正时限。",
        "The age limit of status lists must be 24 hours to 7 days (C2.2). Correct the limit.",
    ),
    "publication.too_early": (
        "规定最多提前14天公布（C2.2）。请提前生效时间，或晚些再公布。",
        "A rulebook is published at most 14 days ahead (C2.2). Set an earlier start, or publish it later.",
    ),
    "publication.too_late_notice": (
        "加严的规定须至少提前48小时公布（C2.2）。请推迟生效时间，或按紧急情况公布并写明原因。",
        ("A tightening needs at least 48 hours' notice (C2.2). Set a later start, or publish it as an "
         "emergency with its reason."),
    ),
    "publication.unknown_word": (
        "“{word}”不在规定词表内，词表以外的要求不能施行（C2.2、C3.2）。请改用词表中的词。",
        "“{word}” is not on the closed list of rulebook words (C2.2, C3.2). Use a word from that list.",
    ),
    "publication.validity_out_of_range": (
        "健康码的有效期不在范围内：内蒙古为14天，其他地区为1至30天（C2.4）。请改正天数。",
        ("The validity of passes is out of range: 14 days for Inner Mongolia, 1 to 30 elsewhere (C2.4). "
         "Correct the days."),
    ),
    "publication.version_not_next": (
        "版本号必须比现行版本大一（C2.2）。请取回现行版本，再编下一号。",
        ("The version must be the current one plus one (C2.2). Fetch the current version and number this "
         "one next."),
    ),
    "publication.version_not_rising": (
        "版本号必须大于已收录的版本（C2.1）。请先读取已公布的版本。",
        ("The version must be higher than the one accepted (C2.1). Read what is published first, then "
         "number this one higher."),
    ),
    "publication.wrong_order": (
        "顺序应为邀请、复函、确认、公布；中止前须先报告差异（C2.1）。“{step}”不能接在“{before}”之后。",
        ("A host invites, notes the reply, confirms, publishes, and reports a deviation before it suspends "
         "(C2.1). '{step}' cannot follow '{before}'."),
    ),
    "publication.wrong_signer": (
        "规定只能由本地区自己签名发布（C2.2）。请用本地区的签名重新签。",
        ("Only the region itself may sign its rulebook (C2.2). Sign it again with the region's own "
         "signature."),
    ),
    "reason.bad_presentation": (
        "这个码与领码的手机对不上。请在领码的手机上重新打开健康码；仍不行，请改用身份证、电话或纸质方式。",
        ("This code does not fit the phone it was issued to. Please open the pass on that phone; if that "
         "does not help, use ID card, telephone or paper."),
    ),
    "reason.bad_signature": (
        ("这个码的签名对不上，码可能在传递中损坏了。请重新打开健康码；仍不行，"
         "请改用身份证、电话或纸质方式。"),
        ("The signature on this code does not fit; the code may have been damaged. Please open the pass "
         "again; if that does not help, use ID card, telephone or paper."),
    ),
    "reason.class_violation": (
        "这个码的内容与它的种类不符，无法使用。请重新打开健康码；仍不行，请改用身份证、电话或纸质方式。",
        ("What this code holds does not fit its kind of pass. Please open the pass again; if that does not "
         "help, use ID card, telephone or paper."),
    ),
    "reason.clock_wrong": (
        "本查验点的时钟不准，暂时无法判定，不是您的问题。请用身份证、电话或纸质方式，30分钟内给您答复。",
        ("The clock of this checkpoint is wrong, so it cannot decide. Please use ID card, telephone or "
         "paper; you have an answer within 30 minutes."),
    ),
    "reason.clock_wrong_status": (
        ("本查验点收到的状态名单，时间比本地时钟还晚，暂时无法判定，不是您的问题。"
         "请用身份证、电话或纸质方式，30分钟内给您答复。"),
        ("The status list at this checkpoint is dated later than its clock, so it cannot decide. Please "
         "use ID card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.colour_ended": (
        "这个码上写明的期限已经结束，不再有任何措施。请重新打开健康码，手机会取回新码。",
        ("The period named in this pass is over, and no measure follows from it. Please open the pass "
         "again so that the phone fetches a new one."),
    ),
    "reason.contradicted": (
        ("健康码显示{pass_colour}，发码地区现在的答复是{issuer_colour}，两者不一致。"
         "已转发码地区在24小时内答复；其间可给予临时通行。"),
        ("The pass says {pass_colour}, but the issuing region now answers {issuer_colour}. The case goes "
         "to that region, which has 24 hours; interim passage may be granted meanwhile."),
    ),
    "reason.expired": (
        "健康码的有效期已过，这不说明您的健康有问题。请向发码地区续领，或在这里申领。",
        ("This pass has run out; that says nothing about your health. Please renew it with the region that "
         "issued it, or apply here."),
    ),
    "reason.green": (
        "健康码有效，请通行。不再要求其他任何证明。",
        "The pass is valid; please go on. Nothing else is asked.",
    ),
    "reason.issued_in_future": (
        "这个码的签发时间还没有到。请重新打开健康码；仍不行，请改用身份证、电话或纸质方式。",
        ("This pass is dated in the future. Please open the pass again; if that does not help, use ID "
         "card, telephone or paper."),
    ),
    "reason.key_revoked": (
        "发码地区已停用这个码上的签名。请重新打开健康码，手机会取回新码。",
        ("The issuing region has stopped using the signature on this pass. Please open the pass again so "
         "that the phone fetches a new one."),
    ),
    "reason.measures_apply": (
        "健康码有效，按本地区公布的规定，请配合下列措施。如有异议，可以申诉。",
        ("The pass is valid. By the published rules of this region the measures below apply; if you "
         "disagree, you can appeal."),
    ),
    "reason.not_recognised": (
        "本地区尚未与发码地区互认健康码。您可以在这里申领本地健康码，工作人员会协助您。",
        ("This region does not recognise passes of the issuing region yet. You can apply for a pass here; "
         "the officer will help you."),
    ),
    "reason.not_recognised_stale_trust": (
        ("本查验点的互认名单超过一天没有更新，还看不到发码地区。请用身份证、电话或纸质方式，"
         "30分钟内给您答复。"),
        ("The recognition list at this checkpoint is over a day old and does not show the issuing region. "
         "Please use ID card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.presentation_missing": (
        "这个码缺少手机当场生成的部分。请在手机上重新打开健康码，再扫一次。",
        ("This code lacks the part the phone makes on the spot. Please open the pass on the phone and scan "
         "again."),
    ),
    "reason.presentation_stale": (
        ("这个码不是此刻生成的，可能是截屏，也可能手机时间不准。请重新打开健康码；仍不行，"
         "请改用身份证、电话或纸质方式。"),
        ("This code was not made just now; it may be a screenshot, or the phone's clock is off. Please "
         "open the pass again; if that does not help, use ID card, telephone or paper."),
    ),
    "reason.recognition_suspended": (
        ("本地区已暂停互认发码地区的健康码，您可以在这里申领本地健康码。暂停前已出发的，不会被劝返："
         "请用身份证、电话或纸质方式，30分钟内给您答复。"),
        ("Recognition of the issuing region is suspended here; you can apply for a pass here. Who set out "
         "before is not turned back: use ID card, telephone or paper for an answer within 30 minutes."),
    ),
    "reason.referred": (
        ("这个地区的健康码按国家统一要求办理，由{authority}答复，本查验点不作判定。请与该部门联系，"
         "工作人员会协助您。"),
        ("Passes of this region follow the national requirement; {authority} answers, not this checkpoint. "
         "Please contact them; the officer will help you."),
    ),
    "reason.rulebook_missing": (
        ("本查验点没有本地区现行的规定，因此不能要求任何措施。请用身份证、电话或纸质方式，"
         "30分钟内给您答复。"),
        ("This checkpoint has no rules of this region in force, so no measure may be required. Please use "
         "ID card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.status_missing": (
        "本查验点没有资料确认这个码是否仍然有效。请用身份证、电话或纸质方式，30分钟内给您答复。",
        ("This checkpoint has no data on whether this pass is still current. Please use ID card, telephone "
         "or paper; you have an answer within 30 minutes."),
    ),
    "reason.status_missing.answer_not_fresh": (
        ("收到的答复不是对这次查验的即时答复。这不是您的问题。请再扫一次；仍不行，"
         "请用身份证、电话或纸质方式，30分钟内给您答复。"),
        ("The answer is not one to this scan of this moment. That is no fault of yours. Please scan again; "
         "otherwise use ID card, telephone or paper, with an answer within 30 minutes."),
    ),
    "reason.status_missing.answer_not_signed": (
        "收到的答复不能确认来自发码地区。这不是您的问题。请用身份证、电话或纸质方式，30分钟内给您答复。",
        ("The answer cannot be shown to come from the region that issued this code. That is no fault of "
         "yours. Please use ID card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.status_missing.no_answer": (
        "发码地区现在没有答复。这不是您的问题。请用身份证、电话或纸质方式，30分钟内给您答复。",
        ("The region that issued this code gives no answer now. That is no fault of yours. Please use ID "
         "card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.status_stale": (
        ("本查验点的状态名单太旧，暂时无法判定，不是您的问题。请用身份证、电话或纸质方式，"
         "30分钟内给您答复。"),
        ("The status list at this checkpoint is too old, so it cannot decide. Please use ID card, "
         "telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.superseded": (
        "这个码已换成新码。请重新打开健康码，手机会取回新码。",
        ("This pass has been replaced by a newer one. Please open the pass again so that the phone fetches "
         "it."),
    ),
    "reason.trust_stale": (
        ("本查验点的数据已超过7天没有更新，暂时无法判定，不是您的问题。请用身份证、电话或纸质方式，"
         "30分钟内给您答复。"),
        ("The data of this checkpoint is more than 7 days old, so it cannot decide. Please use ID card, "
         "telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.under_review": (
        ("发码地区正在核对这个码，最长24小时。请询问发码地区；或用身份证、电话或纸质方式，"
         "30分钟内给您答复。"),
        ("The issuing region is checking this pass, for 24 hours at most. Please ask there, or use ID "
         "card, telephone or paper for an answer within 30 minutes."),
    ),
    "reason.unknown_key": (
        "这个码上的签名不在各地区的签名名单里。请重新打开健康码；仍不行，请改用身份证、电话或纸质方式。",
        ("The signature on this code is on no region's list. Please open the pass again; if that does not "
         "help, use ID card, telephone or paper."),
    ),
    "reason.unknown_key_stale_trust": (
        ("本查验点的名单超过一天没有更新，还不认得这个签名，健康码可能没有问题。"
         "请用身份证、电话或纸质方式，30分钟内给您答复。"),
        ("The list at this checkpoint is over a day old and lacks this signature; the pass may well be "
         "good. Please use ID card, telephone or paper; you have an answer within 30 minutes."),
    ),
    "reason.unreadable": (
        "这个码读不出来。请调亮屏幕、把码放平后再扫一次；仍读不出，请改用身份证、电话或纸质方式。",
        ("This code could not be read. Please brighten the screen, hold it flat and scan again; if it "
         "still fails, use ID card, telephone or paper."),
    ),
    "reason.unreadable.empty": (
        "没有扫到任何内容。请对准二维码再扫一次。",
        "Nothing was scanned. Please hold the code in front of the camera and scan again.",
    ),
    "reason.unreadable.eu_certificate": (
        ("这是欧盟的数字新冠证书（HC1），Comity 不读取这种证书。请打开健康码；没有健康码，"
         "请改用身份证、电话或纸质方式。"),
        ("This is an EU Digital COVID Certificate (HC1), which Comity does not read. Please open a health "
         "pass, or use ID card, telephone or paper."),
    ),
    "reason.unreadable.other_code": (
        "这是其他服务的码，不是健康码。请打开健康码再扫一次。",
        ("This is a code of some other service, not a health pass. Please open the health pass and scan "
         "again."),
    ),
    "reason.unreadable.production_pass": (
        "这里是测试查验点，不读取正式的健康码。请到正式查验点出示。",
        ("This is a TEST checkpoint, which does not read real passes. Please show this pass at a real "
         "checkpoint."),
    ),
    "reason.unreadable.test_pass": (
        "这是测试用的健康码，正式查验点不读取。请打开正式的健康码再扫一次。",
        ("This is a TEST pass, which a real checkpoint does not read. Please open the real health pass and "
         "scan again."),
    ),
    "reason.unreadable.too_long": (
        "这个码的内容超过了健康码的长度。请打开健康码再扫一次。",
        "This code holds more than a health pass can. Please open the health pass and scan again.",
    ),
    "reason.unreadable.unknown_to_issuer": (
        "发码地区说没有发过这个码。请打开健康码再扫一次，或走人工通道。",
        ("The region named says that it issued no such code. Please open the health pass and scan again, "
         "or take the manual path."),
    ),
    "reason.unreadable.web_address": (
        "这个二维码是一个网址，不是健康码。请打开健康码再扫一次。",
        "This QR code is a web address, not a health pass. Please open the health pass and scan again.",
    ),
    "reason.void": (
        "这个码已被发码地区收回，这不说明您的健康有问题。请向发码地区重新申领，或在这里申领。",
        ("The issuing region has withdrawn this pass; that says nothing about your health. Please get a "
         "new one there, or apply here."),
    ),
    "refusal.id_mismatch": ("证件与持码人不符", "The ID does not match the holder"),
    "refusal.other_law": ("依据其他法律（请写明）", "Another law applies (name it)"),
    "refusal.person_left": ("本人已离开", "The person left"),
    "register.accepted_at": ("平台接收", "Accepted"),
    "register.always": ("不限", "no limit"),
    "register.announced": ("已预告", "announced"),
    "register.as_of.back": ("回到现在", "Back to now"),
    "register.as_of.button": ("查看", "Show"),
    "register.as_of.coming": (
        "这是按目前已公布的文件推算的将来情况，可能还会变更。",
        "This is what will hold by what is published today; it may still change.",
    ),
    "register.as_of.label": ("日期", "Date"),
    "register.as_of.now": ("截至", "As of"),
    "register.as_of.past": (
        "这是当时已知的情况：之后才收到的文件不计在内。",
        "This is what was known then: statements accepted later are left out.",
    ),
    "register.as_of.then": ("当时情况，截至", "As it stood on"),
    "register.ask": ("选择地区和日期", "Choose region and date"),
    "register.at_once": ("公布即生效", "at once"),
    "register.authority": ("国家主管部门", "the national authority"),
    "register.authority_is": ("主管部门：{authority}", "authority: {authority}"),
    "register.clause": ("条款", "Clause"),
    "register.count": ("{count}个", "{count}"),
    "register.difference.after": ("现在", "Now"),
    "register.difference.against": ("与第{version}版相比：", "Compared with version {version}:"),
    "register.difference.before": ("原来", "Before"),
    "register.difference.first": (
        "这是首个版本，没有可比较的旧版本。",
        "This is the first version; there is none to compare it with.",
    ),
    "register.difference.heading": ("有何不同", "What is different"),
    "register.difference.none": ("内容没有变化。", "Nothing is said differently."),
    "register.download": ("下载签名文件", "Download the signed bytes"),
    "register.effective_from": ("生效", "Effective"),
    "register.except": ("{areas}除外", "except {areas}"),
    "register.feeds.all": ("全部地区", "All regions"),
    "register.feeds.by_region": ("按地区", "By region"),
    "register.feeds.heading": ("更新", "Updates"),
    "register.feeds.latest": ("最近的变更", "Latest changes"),
    "register.feeds.lead": (
        "每一次变更都会进入订阅源，用任何阅读器都可以订阅，不需要登录。",
        "Every change goes into a feed. Any reader can follow it; no account is needed.",
    ),
    "register.footer.source": (
        "这里的每一条都来自签名文件，可以下载并自行核验。",
        "Everything here comes from signed statements that you can download and verify yourself.",
    ),
    "register.footer.times": ("时间均为北京时间（+08:00）。", "All times are Beijing time (+08:00)."),
    "register.footer.version": ("公示版本", "State of the register"),
    "register.from": ("自", "from"),
    "register.host": ("查验地", "Host"),
    "register.hub": ("国家平台", "the hub"),
    "register.in_force": ("现行", "in force"),
    "register.issuer": ("发码地", "Issuer"),
    "register.left_out": (
        "平台记录中有{count}份文件未能通过签名核验，没有列入公示。",
        "{count} of the hub's records did not pass verification and are not shown.",
    ),
    "register.list.heading": ("{host}：承认哪些地区的健康码", "Whose passes {host} recognises"),
    "register.list.lead": (
        "，{host}承认{count}个地区的健康码，与本地健康码同等对待。",
        ": {host} recognises the passes of {count} other regions as equal to its own.",
    ),
    "register.list.lead.none": (
        "，{host}还没有承认其他地区的健康码。",
        ": {host} recognises no other region's passes yet.",
    ),
    "register.list.rules": ("{host}对黄码、红码的规定", "What yellow and red meet in {host}"),
    "register.matrix.by_region": ("逐个地区", "Region by region"),
    "register.matrix.caption": (
        "每行是查验地，每列是发码地；每格是查验地对发码地的状态。可左右、上下滚动。",
        ("A row is a host, a column an issuer; a cell tells how the host stands to the issuer. The table "
         "scrolls."),
    ),
    "register.matrix.heading": ("互认总表", "Matrix of recognition"),
    "register.matrix.lead": ("，共有{count}对地区互认。", ": {count} pairs are recognised."),
    "register.matrix.legend": ("图例", "Legend"),
    "register.matrix.skip": ("跳过总表，逐个地区查看", "Skip the table and read region by region"),
    "register.matrix.table": ("31个地区两两之间", "All pairs of the 31 regions"),
    "register.members.heading": ("参加国家平台的地区", "Regions that take part"),
    "register.members.lead": ("，{count}个地区参加国家平台。", ": {count} regions take part in the hub."),
    "register.members.recognised_by": ("被承认", "Recognised by"),
    "register.members.recognises": ("承认", "Recognises"),
    "register.members.state": ("参加情况", "Takes part"),
    "register.national.authority": ("主管部门", "Authority"),
    "register.national.dates": ("日期", "Dates"),
    "register.national.heading": ("国家统一要求", "National requirement"),
    "register.national.history": ("公布记录", "What was published"),
    "register.national.hosts": ("按此办理的查验地", "Hosts that apply it"),
    "register.national.in_force": ("，第{version}版现行有效。", ": version {version} is in force."),
    "register.national.lags": ("尚未与现行要求一致", "does not say the same yet"),
    "register.national.lead": (
        ("个别地区的健康码按国务院统一要求办理：由所列主管部门答复，到所列日期解除。"
         "各地的转办文件须与此一致。"),
        ("Passes of a few regions follow the State Council's requirement: the authority named here answers "
         "until the dates given. A host's referral must say the same."),
    ),
    "register.national.no_hosts": ("还没有查验地公布转办。", "No host has published a referral yet."),
    "register.national.nothing": ("，没有生效的国家统一要求。", ": no national requirement is in force."),
    "register.national.until_first": ("解除之前", "Until released"),
    "register.nav": ("主要栏目", "Main sections"),
    "register.nav.feeds": ("更新", "Updates"),
    "register.nav.list": ("名单", "List"),
    "register.nav.matrix": ("总表", "Matrix"),
    "register.nav.national": ("国家要求", "National"),
    "register.nav.regions": ("地区", "Regions"),
    "register.nav.verify": ("自行核验", "Verify"),
    "register.none": ("无", "none"),
    "register.pair.before": ("起初", "At first"),
    "register.pair.heading": ("{issuer}的健康码在{host}", "Passes of {issuer} in {host}"),
    "register.pair.history": ("公布记录", "What was published"),
    "register.pair.history.lead": (
        "最新的在前。每一条都由查验地签名，平台只负责排序和分发。",
        "The newest comes first. The host signs each; the hub only orders and distributes.",
    ),
    "register.pair.lead": (
        "查验地：{host}；发码地：{issuer}。互认有方向，反方向另页公示。",
        "Host: {host}. Issuer: {issuer}. Recognition is directed; the other direction has its own page.",
    ),
    "register.pair.no_history": ("还没有任何文件。", "There is no statement yet."),
    "register.pair.reverse": (
        "反方向：{issuer}的健康码在{host}",
        "The other direction: passes of {issuer} in {host}",
    ),
    "register.pair.timeline": ("时间线", "Timeline"),
    "register.problem.as_of": ("请用2020-03-19这样的日期。", "Please give one such as 2020-03-19."),
    "register.problem.as_of.heading": ("日期看不懂", "The date cannot be read"),
    "register.problem.back": ("回到名单", "Back to the list"),
    "register.problem.unknown": (
        "地址可能有误，或者所找的版本、地区不存在。",
        "The address may be wrong, or there is no such version or region.",
    ),
    "register.problem.unknown.heading": ("没有这一页", "There is no such page"),
    "register.region.key_list": ("密钥清单第{version}版：", "Key list, version {version}:"),
    "register.region.keys": ("密钥与地址", "Keys and location"),
    "register.region.list": ("{region}承认哪些地区的健康码", "Whose passes {region} recognises"),
    "register.region.location": ("服务地址", "Where its node is"),
    "register.region.member_from": ("参加时间", "Takes part from"),
    "register.region.no_keys": ("还没有公布密钥。", "No keys are published yet."),
    "register.region.no_rules": (
        "现在没有生效的管控规定。绿码照常通行；黄码、红码走人工通道。",
        "No rulebook is in force. Green passes all the same; yellow and red take the manual path.",
    ),
    "register.region.outside": ("，{region}没有参加国家平台。", ": {region} does not take part in the hub."),
    "register.region.reason": ("原因", "Reason"),
    "register.region.root": ("根密钥指纹", "Thumbprint of its root key"),
    "register.region.rules": ("管控规定", "Rulebook"),
    "register.region.takes_part": ("，{region}参加国家平台。", ": {region} takes part in the hub."),
    "register.region.version": ("第{version}版", "Version {version}"),
    "register.region.version_in_force": ("第{version}版现行有效。", "Version {version} is in force."),
    "register.region.versions": ("各版本", "Versions"),
    "register.region_word": ("地区", "Region"),
    "register.revoked": ("已撤销", "revoked"),
    "register.roots": ("仓库根元数据", "Roots of the repository"),
    "register.roots.came": ("新增密钥保管人", "New keyholder"),
    "register.roots.fails": (
        "签名人数不足，请勿采信，并请告知国家平台。",
        "It is not signed by enough keyholders. Do not rely on it, and tell the hub.",
    ),
    "register.roots.keyholders": (
        "{count}名密钥保管人中须有{threshold}名签名。",
        "{threshold} of {count} keyholders must sign.",
    ),
    "register.roots.ordering": ("国家平台编排密钥", "Ordering keys of the hub"),
    "register.roots.ordering.new": ("已更换", "other keys than before"),
    "register.roots.text": (
        ("根元数据规定哪些密钥保管人和哪些平台密钥可以编排仓库。"
         "每一版都由足够多的本版和上一版密钥保管人签名；每次密钥变更均在此列出。"),
        ("The root says which keyholders and which keys of the hub may order the repository. Each one is "
         "signed by enough keyholders of itself and of the one before; every change of keys is listed here."),
    ),
    "register.roots.version": ("根元数据，第{version}版", "Root, version {version}"),
    "register.roots.went": ("不再列入的密钥保管人", "Keyholder no longer named"),
    "register.rulebook.compare": ("与第{version}版比较", "compare with version {version}"),
    "register.rulebook.emergency": (
        "紧急规定（缩短预告），理由",
        "Emergency, with shortened notice, because",
    ),
    "register.rulebook.heading": (
        "{region}管控规定第{version}版",
        "Rulebook of {region}, version {version}",
    ),
    "register.rulebook.other": ("其他版本", "Other versions"),
    "register.rulebook.words": ("规定内容", "The rules in words"),
    "register.rules.appeal": ("申诉", "Appeal"),
    "register.rules.ends": ("结束", "Ends"),
    "register.rules.green": (
        "通行，不再要求其他任何证明。没有任何规定可以对绿码加码。",
        "Passes, and nothing else is asked. No rulebook can name green.",
    ),
    "register.rules.host_decides": (
        "对外来健康码与本地健康码一视同仁。",
        "It is the same for passes from elsewhere and for the region's own.",
    ),
    "register.rules.how_long": ("期限", "How long"),
    "register.rules.onward": ("去处", "Way on"),
    "register.rules.own_text": ("该地区的表述", "The region's own words"),
    "register.rules.responsible": ("负责部门", "In charge"),
    "register.rules.what": ("措施", "Measure"),
    "register.signed_by": ("签名", "Signed by"),
    "register.since": ("自", "since"),
    "register.skip": ("跳到正文", "Skip to the content"),
    "register.test": (
        "这是测试平台，不代表任何地区的真实规定。",
        "This is a test hub. Nothing here is any region's real rule.",
    ),
    "register.then": ("起：", "onwards:"),
    "register.title": ("健康码省际互认公示", "Recognition register"),
    "register.until": ("至", "until"),
    "register.valid": ("有效期间", "In force"),
    "register.verify.all": ("全部下载", "Everything at once"),
    "register.verify.all.text": (
        "接口列出每一份文件的摘要和下载地址；第二个链接是接口说明。",
        "The interface lists every statement with its digest and address; the second link describes it.",
    ),
    "register.verify.heading": ("自行核验", "Verify it yourself"),
    "register.verify.lead": (
        "不必相信这个网站。每一份文件都由有关地区用自己的密钥签名，平台不能代签，也不能改动。",
        ("You need not trust this site. Each statement is signed with the region's own key; the hub can "
         "neither sign for it nor alter it."),
    ),
    "register.verify.program": ("用程序核验", "As a program"),
    "register.verify.program.text": (
        "下面的程序做的就是这五步，不需要联网。",
        "This program does these steps, with the network gone.",
    ),
    "register.verify.root": ("国家平台根密钥", "The hub's root key"),
    "register.verify.root.download": ("下载根密钥文件", "Download the root key file"),
    "register.verify.root.text": (
        "请与从别处（公报、电话、纸质文件）得到的指纹比对，不要只看本页。",
        ("Compare this thumbprint with one you got elsewhere (gazette, telephone, paper), not with this "
         "page alone."),
    ),
    "register.verify.standards": ("用到的标准", "Standards used"),
    "register.verify.step.1": (
        "在地区对的页面下载签名文件，计算其摘要，应与页面所列一致。",
        ("On the page of a pair, download the signed bytes and compute their digest; it is the one on the "
         "page."),
    ),
    "register.verify.step.2": (
        "下载该查验地的成员资格文件，用国家平台根密钥验证签名。",
        "Download the host's membership and verify it with the hub's root key.",
    ),
    "register.verify.step.3": (
        "下载该查验地的密钥清单，其根密钥指纹应与成员资格文件一致。",
        "Download the host's key list; the thumbprint of its root is the one in the membership.",
    ),
    "register.verify.step.4": (
        "用清单中用途为“签发文件”的密钥验证签名。",
        "Verify the statement with the key of that list that signs statements.",
    ),
    "register.verify.step.5": (
        "读出其中的版本和时间，与本公示的历史记录比对。",
        "Read its version and times, and compare them with the history shown here.",
    ),
    "register.verify.steps": ("五步核验", "Five steps"),
    "register.version": ("版本", "Version"),
    "responsible.community": ("社区", "the neighbourhood community"),
    "responsible.county_cdc": ("县级疾控中心", "the county centre for disease control"),
    "responsible.county_command": ("县级防控指挥部", "the county command"),
    "responsible.designated_hospital": ("定点医院", "the designated hospital"),
    "route.appeal": (
        "如有异议，请申诉，工作人员会告诉您怎么办理。",
        "If you disagree, appeal; the officer tells you how.",
    ),
    "route.authority": (
        "请联系上面写明的部门，由它答复。",
        "Contact the body named above; it gives the answer.",
    ),
    "route.home": (
        "请联系发码地区，在那里续领或询问。",
        "Turn to the region that issued the pass: renew or ask there.",
    ),
    "route.host": ("请在现在所在的地区申领健康码。", "Apply for a pass in the region where you are now."),
    "route.manual": (
        "请用身份证、电话或纸质方式办理，30分钟内答复；没有答复的，凭临时凭条继续前行。",
        ("Use ID card, telephone or paper: you have an answer within 30 minutes, or go on with an interim "
         "note."),
    ),
    "route.refresh": (
        "请重新打开健康码，让手机取回新码。",
        "Open the pass again and let the phone fetch a fresh one.",
    ),
    "rulebook_words.any_reason": ("任何原因", "any reason"),
    "rulebook_words.days": (
        "{days}天，自赋码依据日期起算",
        "{days} days from the date the colour is based on",
    ),
    "rulebook_words.hours": ("{hours}小时", "{hours} hours"),
    "rulebook_words.its_end": ("截止时间", "the end date"),
    "rulebook_words.onward": ("去处：{onward}。", "Way on: {onward}."),
    "rulebook_words.open": ("由医生决定", "as long as the doctor decides"),
    "rulebook_words.other_reasons": ("其他原因", "any other reason"),
    "rulebook_words.sentence": (
        "{what}，{how_long}；由{responsible}负责；{ends}结束。{onward}",
        "{what}, {how_long}; in charge: {responsible}; ends {ends}. {onward}",
    ),
    "rulebook_words.status_age.device": ("手机码状态名单最长时限", "oldest status list for phone passes"),
    "rulebook_words.status_age.paper": ("纸质码状态名单最长时限", "oldest status list for paper passes"),
    "rulebook_words.validity": ("本地健康码有效期", "validity of the region's own passes"),
    "rulebook_words.validity_days": ("{days}天", "{days} days"),
    "rulebook_words.who": ("{colour}，原因：{reasons}", "{colour}: {reasons}"),
    "sign_in.complete": (
        "身份已核验。请回到健康码应用，继续办理。",
        "Your identity has been proved. Go back to the health pass app to continue.",
    ),
    "sign_in.title": ("登录完成", "Signed in"),
    "step.V1": ("读得出来吗？", "Can it be read?"),
    "step.V10": ("是什么颜色？", "Which colour is it?"),
    "step.V2": ("查验点的数据可用吗？", "Is the checkpoint's own data usable?"),
    "step.V3": ("签名方在名单里吗？", "Is the signer known?"),
    "step.V4": ("签名对得上吗？", "Does the signature hold?"),
    "step.V5": ("出示方式对吗？", "Is it shown rightly?"),
    "step.V6": ("本地区互认吗？", "Is it recognised here?"),
    "step.V7": ("在有效期内吗？", "Is it in time?"),
    "step.V8": ("现在仍然有效吗？", "Is it still current?"),
    "step.V9": ("本地区有现行规定吗？", "Are this region's rules at hand?"),
    "test_banner": ("测试", "TEST"),
    "trip.as_of": ("以上依据国家平台{time}的数据。", "This is by what the national platform had at {time}."),
    "trip.control": (
        "{day}在{region}：按当地公布的规定采取下列措施。",
        "On {day} in {region}: the measures below apply, as that region has published them.",
    ),
    "trip.expires": (
        "这张码在那一天之前到期，请先续期；续期后颜色不变时的答复另附。",
        ("This code ends before that day; renew it first. The answer after a renewal in the same colour is "
         "given beside it."),
    ),
    "trip.may_change": (
        "当地规定可能在出发前改变，出发前一天请再查一次。",
        "Rules can change before you set out. Look again the day before.",
    ),
    "trip.national": (
        "国家统一要求中列有{region}：由{authority}答复。",
        "The national requirement names {region}: {authority} answers for it.",
    ),
    "trip.pass": (
        "{day}在{region}：凭绿码通行，不需要其他任何证明。",
        "On {day} in {region}: you pass with the green code. Nothing else may be asked of you.",
    ),
    "trip.reapply": (
        "{day}在{region}：现在这张码不能使用，原因和办法见下。",
        "On {day} in {region}: the code you have now will not count. The reason and what to do are below.",
    ),
    "trip.refer": (
        "{day}在{region}：由{authority}答复，出发前请先询问。",
        "On {day} in {region}: {authority} answers. Ask there before you set out.",
    ),
    "trip.undecided": (
        "{day}在{region}：现在无法答复，原因见下。",
        "On {day} in {region}: there is no answer now. The reason is below.",
    ),
    "trip.unknown": (
        "本机尚不知道{region}公布的规定，无法答复。出发前请向当地询问。",
        ("What {region} has published is not known here, so there is no answer. Ask there before you set "
         "out."),
    ),
    "visitor_refused.carrier": (
        "代您申请的人已不能再代办，请用您自己的手机申请。",
        "whoever applied for you may not do so any more. Apply with your own phone.",
    ),
    "visitor_refused.key": (
        "手机密钥已用于其他健康码，请打开应用重新申请。",
        "the key of the phone was used for another pass already. Open the app and apply anew.",
    ),
    "visitor_refused.other": ("申请未能办理。", "the application could not be dealt with."),
    "visitor_refused.pass": (
        "同类健康码正被暂停，或仍然有效、尚未到可续签的时间。",
        "another pass of this kind is suspended, or is good and too young to be renewed.",
    ),
    "wallet.again": ("再试一次", "Try again"),
    "wallet.apply.arrived": ("哪一天到达？", "On which day did you arrive?"),
    "wallet.apply.away": (
        "最近14天有没有从{region}以外的地区过来？",
        "Have you come from outside {region} in the last 14 days?",
    ),
    "wallet.apply.began": ("从哪一天开始？", "Since which day?"),
    "wallet.apply.contact": (
        "最近14天有没有接触过确诊或疑似病例？",
        "Have you been near a confirmed or suspected case in the last 14 days?",
    ),
    "wallet.apply.dependant": ("为家人申领", "Apply for a dependant"),
    "wallet.apply.from": ("从哪个地区来？", "From which region?"),
    "wallet.apply.met": ("最后一次接触是哪一天？", "On which day was it last?"),
    "wallet.apply.send": ("提交并领码", "Send and get the pass"),
    "wallet.apply.title": ("申领健康码", "Apply for the pass"),
    "wallet.apply.true": (
        "提交即表示以上内容属实。不需要上传任何证明。",
        "By sending this you say that it is true. No proof has to be sent.",
    ),
    "wallet.apply.unwell": ("最近14天有没有不舒服？", "Have you felt unwell in the last 14 days?"),
    "wallet.apply.which": ("有哪些情况？（可多选）", "What was it? (choose all that fit)"),
    "wallet.apply.words": (
        "回答三个问题，马上得到健康码。",
        "Three questions, and you have the pass at once.",
    ),
    "wallet.back": ("返回", "Back"),
    "wallet.choose": ("请选择", "Choose one"),
    "wallet.close": ("关闭", "Close"),
    "wallet.correction.colour": ("颜色", "The colour"),
    "wallet.correction.decided": ("已答复", "Answered"),
    "wallet.correction.identity": ("姓名", "My name"),
    "wallet.correction.late": ("已超过24小时，已上报上级处理", "Past 24 hours: it is with the supervisor"),
    "wallet.correction.left": ("还剩{left}", "{left} left"),
    "wallet.correction.mine": ("我的申请", "What I asked for"),
    "wallet.correction.none": ("没有申请。", "You have asked for none."),
    "wallet.correction.open": ("申请已受理", "Being looked at"),
    "wallet.correction.proposed": ("正确的姓名", "The right name"),
    "wallet.correction.relief": ("临时凭条", "Interim note"),
    "wallet.correction.send": ("提交", "Send"),
    "wallet.correction.statement": ("请说明情况", "Say what is wrong"),
    "wallet.correction.steps": ("全部经过", "Every step"),
    "wallet.correction.title": ("申请纠错", "Ask for a correction"),
    "wallet.correction.what": ("哪里有误？", "What is wrong?"),
    "wallet.correction.words": (
        "认为颜色或个人信息有误？24小时内有人答复并说明理由。",
        "Is the colour or a detail wrong? Somebody answers with reasons within 24 hours.",
    ),
    "wallet.declare.send": ("提交申报", "Send the declaration"),
    "wallet.declare.title": ("更新健康申报", "Declare again"),
    "wallet.declare.words": (
        "有新情况就再申报一次，颜色会重新评估。",
        "Declare what is new; your colour is assessed again.",
    ),
    "wallet.demand.contact": ("联系方式（可不填）", "Contact (may stay empty)"),
    "wallet.demand.contact.hint": (
        "只有督导人员可以打开，旗县区看不到。",
        "Only the supervisor can open it; the county never sees it.",
    ),
    "wallet.demand.copied": ("已复制", "Copied"),
    "wallet.demand.copy": ("复制", "Copy"),
    "wallet.demand.done": (
        "已收到，旗县区须在{at}前答复。",
        "It was taken; the county must answer by {at}.",
    ),
    "wallet.demand.follow": ("查询答复", "See an answer"),
    "wallet.demand.look": ("查询", "Look"),
    "wallet.demand.more": ("还想说明的（可不填）", "Anything to add (may stay empty)"),
    "wallet.demand.more.hint": (
        "最多200字。请不要写自己的姓名或号码。",
        "At most 200 characters. Leave out your name and numbers.",
    ),
    "wallet.demand.no_answer": ("旗县区尚未答复，期限{at}。", "No answer yet; it is due by {at}."),
    "wallet.demand.send": ("匿名提交", "Send without a name"),
    "wallet.demand.send.named": ("提交", "Send"),
    "wallet.demand.title": ("举报加码要求", "Report an extra demand"),
    "wallet.demand.token": ("查询号", "Follow-up number"),
    "wallet.demand.token.words": (
        "这是查询答复的唯一凭据，只显示一次，请记下来。",
        "This is the only way to see the answer. It is shown once: note it down.",
    ),
    "wallet.demand.what": ("被要求什么？", "What was asked for?"),
    "wallet.demand.where": ("在哪个旗县区？", "In which county?"),
    "wallet.demand.words": (
        "有健康码就不得再要求其他防疫证明。被要求了，请告诉我们；不用登录，也不留姓名。",
        "With a pass, no other epidemic proof may be asked for. If it was, tell us: no sign-in, no name.",
    ),
    "wallet.dependants.add": ("添加家人", "Add somebody"),
    "wallet.dependants.consent": ("我同意以上内容", "I agree to this"),
    "wallet.dependants.end": ("不再代持", "Stop carrying"),
    "wallet.dependants.end.sure": (
        "停止代持后，这部手机上对方的码会停用。",
        "The pass on this phone will be withdrawn.",
    ),
    "wallet.dependants.get": ("领码", "Get the pass"),
    "wallet.dependants.kind": ("证件种类", "Kind of document"),
    "wallet.dependants.most": ("最多可以代持{most}人。", "You can carry at most {most} people."),
    "wallet.dependants.name": ("姓名", "Name"),
    "wallet.dependants.none": ("还没有添加家人。", "Nobody has been added."),
    "wallet.dependants.number": ("证件号码", "Document number"),
    "wallet.dependants.relation": ("您是对方的", "You are this person's"),
    "wallet.dependants.send": ("添加", "Add"),
    "wallet.dependants.show": ("出示", "Show"),
    "wallet.dependants.title": ("家人的健康码", "Dependants' passes"),
    "wallet.dependants.words": (
        "为没有手机的孩子或老人代持健康码。",
        "Carry the pass of a child or an elder who has no phone.",
    ),
    "wallet.document.hong_kong_macao_permit": (
        "港澳居民来往内地通行证",
        "Mainland travel permit, Hong Kong and Macao",
    ),
    "wallet.document.passport": ("护照", "Passport"),
    "wallet.document.permanent_resident_card": ("外国人永久居留身份证", "Permanent resident card"),
    "wallet.document.resident_id": ("居民身份证或居住证", "Resident identity card"),
    "wallet.document.taiwan_permit": ("台湾居民来往大陆通行证", "Mainland travel permit, Taiwan"),
    "wallet.ended.superseded": (
        "原来的码已换成新码，不在这部手机上。请在这里重新申领。",
        "Your pass was replaced by a newer one that is not on this phone. Apply again here.",
    ),
    "wallet.ended.void": (
        "原来的码已停用。请在这里重新申领，或在现在所在的地区申领。",
        "Your pass was withdrawn. Apply again here, or in the region where you are now.",
    ),
    "wallet.fault.no_network": ("现在连不上网络。", "There is no connection at the moment."),
    "wallet.fault.no_network.next": (
        "已经填写的内容还在。网络恢复后请再试一次。",
        "What you filled in is still here. Try again when the network is back.",
    ),
    "wallet.fault.own": ("出了点问题，不是您的错。", "Something went wrong; it is not your fault."),
    "wallet.fault.own.next": (
        "请再试一次；仍不行，请关闭后重新打开。",
        "Try again; if it stays so, close the app and open it again.",
    ),
    "wallet.fault.signed_out": (
        "登录已过期，请重新登录。健康码仍可出示。",
        "Your sign-in has ended; sign in again. The pass can still be shown.",
    ),
    "wallet.held.delete": ("删除我的资料", "Delete what is held"),
    "wallet.held.delete.do": ("确定删除", "Yes, delete it"),
    "wallet.held.delete.not": ("不删除", "Keep it"),
    "wallet.held.delete.sure": ("删除后不能恢复。确定删除吗？", "This cannot be undone. Delete it?"),
    "wallet.held.delete.words": (
        ("删除后，健康码作废，所有手机退出登录。依法须保留的记录到期后删除。颜色管理期间或更正办结前，"
         "暂不能删除。"),
        ("Your passes become void and every phone is signed out. What the law has kept goes when its time "
         "ends. Not possible while a colour is in force or a correction is open."),
    ),
    "wallet.held.deleted": (
        "您的资料已删除，健康码已作废。",
        "What was held about you is deleted; your passes are void.",
    ),
    "wallet.held.take": ("下载我的资料", "Download what is held"),
    "wallet.held.taken": ("已下载。", "It is downloaded."),
    "wallet.held.title": ("我的资料", "What is held about me"),
    "wallet.held.words": (
        ("可以取得本地区保存的您的全部资料：姓名、证件、住址、申领、申报、更正和查阅记录。"
         "文件里有您的个人信息，请妥善保管。"),
        ("You may take along everything this region holds about you: name, document, home, passes, "
         "declarations, corrections and who looked. The file says who you are: keep it safe."),
    ),
    "wallet.left.days": ("{days}天", "{days} days"),
    "wallet.left.hours": ("{hours}小时", "{hours} hours"),
    "wallet.left.minutes": ("{minutes}分钟", "{minutes} minutes"),
    "wallet.lost.do": ("确定停用", "Yes, withdraw it"),
    "wallet.lost.done": ("已停用。", "It was withdrawn."),
    "wallet.lost.issued": ("{at}领取", "issued {at}"),
    "wallet.lost.lost": ("丢失，停用", "Lost: withdraw it"),
    "wallet.lost.no": ("不停用", "No"),
    "wallet.lost.none": ("没有可以停用的码。", "There is no pass to withdraw."),
    "wallet.lost.other": ("另一部手机上的码", "A pass on another phone"),
    "wallet.lost.paper": ("纸质码", "A paper pass"),
    "wallet.lost.stolen": ("被盗，停用", "Stolen: withdraw it"),
    "wallet.lost.sure": (
        "确定停用吗？停用后不能恢复，可以马上重新申领。",
        "Withdraw it for good? You can apply for another at once.",
    ),
    "wallet.lost.this": ("这部手机上的码", "The pass on this phone"),
    "wallet.lost.title": ("手机或纸质码丢失", "Phone or paper lost"),
    "wallet.lost.words": (
        "停用后，捡到的人无法再出示。其他手机会同时退出登录。",
        "Once withdrawn, whoever finds it can show it no more; other phones are signed out.",
    ),
    "wallet.messages.new": ("新", "New"),
    "wallet.messages.none": ("没有通知。", "There are no messages."),
    "wallet.messages.title": ("通知", "Messages"),
    "wallet.more.back": ("回到健康码", "Back to the pass"),
    "wallet.more.help": ("帮助与权利", "Help and rights"),
    "wallet.more.pass": ("我的健康码", "My pass"),
    "wallet.more.phone": ("这部手机", "This phone"),
    "wallet.more.title": ("更多", "More"),
    "wallet.more.update": ("更新到新版本", "Take the newer version"),
    "wallet.no": ("否", "No"),
    "wallet.notice.clock_corrected": (
        "手机时间不准，已按发码地区的时间自动校正。",
        "The clock of this phone is wrong; the code uses the corrected time of the region.",
    ),
    "wallet.notice.clock_unsure": (
        "无法核对手机时间。如果手机时间不准，查验点可能读不到有效的码；请联网打开一次。",
        ("The time of this phone cannot be checked. If it is wrong, checkpoints may find the code out of "
         "date; open the app once with a network."),
    ),
    "wallet.notice.offline": (
        "现在没有网络，健康码照常可用。",
        "There is no network; the pass works all the same.",
    ),
    "wallet.notice.online": (
        "这部手机不能保存密钥，所以使用联网码：出示时需要网络。",
        "This phone cannot keep keys, so it shows an online pass, which needs a network.",
    ),
    "wallet.notice.renewable": (
        "这个码{at}到期，现在可以续领。",
        "This pass ends on {at} and can be renewed now.",
    ),
    "wallet.notice.signed_out": (
        "登录已过期，健康码照常可用。续领前请",
        "Your sign-in has ended; the pass works all the same. Before you renew:",
    ),
    "wallet.notice.suspended": (
        "发码地区正在核对这个码，最长24小时。查验点会走人工通道，不会因此拦下您。",
        ("The region is checking this pass, for at most 24 hours. Checkpoints use the manual path; nobody "
         "may stop you for it."),
    ),
    "wallet.notice.update": (
        "新版本已就绪，可在“更多”中更新。",
        "A newer version is ready; you can take it under More.",
    ),
    "wallet.opening": ("正在打开…", "Opening…"),
    "wallet.over.title": ("健康码已过期", "This pass has run out"),
    "wallet.over.words": (
        "过期不说明您的健康有问题。请在这里续领，或在现在所在的地区申领。",
        "That says nothing about your health. Renew it here, or apply in the region where you are now.",
    ),
    "wallet.paper.get": ("申领纸质码", "Get a paper pass"),
    "wallet.paper.save": ("下载PDF", "Download the PDF"),
    "wallet.paper.title": ("纸质健康码", "Paper pass"),
    "wallet.paper.until": ("有效至{at}", "Good until {at}"),
    "wallet.paper.words": (
        "打印在纸上，查验时核对证件。纸上没有颜色。",
        "Printed on paper; checkpoints compare it with the ID. It shows no colour.",
    ),
    "wallet.passes.own": ("本人", "My own"),
    "wallet.passes.short": ("换一个码", "Other pass"),
    "wallet.passes.title": ("选择要出示的码", "Choose the pass to show"),
    "wallet.relation.appointed": ("指定监护人", "appointed guardian"),
    "wallet.relation.child": ("子女", "child"),
    "wallet.relation.grandparent": ("祖父母、外祖父母", "grandparent"),
    "wallet.relation.parent": ("父母", "parent"),
    "wallet.relation.spouse": ("配偶", "spouse"),
    "wallet.renew.begins": ("可续领", "Renewable from"),
    "wallet.renew.done": ("已续领，有效至{at}。", "Renewed; good until {at}."),
    "wallet.renew.ends": ("有效至", "Good until"),
    "wallet.renew.from": (
        "{at}起可以续领，现在的码在那之前照常有效。",
        "It can be renewed from {at}; until then the pass you have is good.",
    ),
    "wallet.renew.now": ("现在续领", "Renew now"),
    "wallet.renew.title": ("续领健康码", "Renew the pass"),
    "wallet.renew.words": (
        "续领会重新评估，颜色由公布的规定决定。",
        "Renewing assesses again; the published rules decide the colour.",
    ),
    "wallet.saved": ("已保存。", "Done."),
    "wallet.show.bright": (
        "请把屏幕调到最亮；点二维码可放大。",
        "Full brightness, please. Tap the code to enlarge it.",
    ),
    "wallet.show.code": ("健康码", "Health pass"),
    "wallet.show.guardian": ("由监护人代持", "Carried by a guardian"),
    "wallet.show.larger": ("放大二维码", "Enlarge the code"),
    "wallet.show.left": ("还有{left}有效（至{at}）", "Good for {left} more, until {at}"),
    "wallet.show.no_code": (
        "现在生成不了二维码。可凭颜色和时间亮码，或请查验点用身份证核验。",
        ("The code cannot be made at the moment. Show colour and time, or ask the checkpoint to check your "
         "ID card."),
    ),
    "wallet.show.online": ("联网码，每分钟更新", "Online pass, renewed every minute"),
    "wallet.show.qr": ("供查验点扫描的二维码", "QR code for the checkpoint to scan"),
    "wallet.show.reason": ("原因：{reason}，到{at}为止", "Reason: {reason}, until {at}"),
    "wallet.show.said": ("正在出示健康码：{colour}。", "Showing the health pass: {colour}."),
    "wallet.show.smaller": ("缩小", "Make smaller"),
    "wallet.show.ways": ("更多操作", "Other things to do"),
    "wallet.sign_in": ("登录", "Sign in"),
    "wallet.sign_out.do": ("退出并删除", "Sign out and delete"),
    "wallet.sign_out.title": ("退出登录", "Sign out"),
    "wallet.sign_out.words": (
        "退出后，这部手机上的健康码和密钥都会删除。重新登录后可以再申领。",
        "The passes and keys on this phone are deleted. You can sign in and apply again.",
    ),
    "wallet.symptom.diarrhoea": ("腹泻", "Diarrhoea"),
    "wallet.symptom.dry_cough": ("干咳", "Dry cough"),
    "wallet.symptom.fatigue": ("乏力", "Tiredness"),
    "wallet.symptom.fever": ("发热", "Fever"),
    "wallet.symptom.loss_of_smell": ("嗅觉减退", "Loss of smell"),
    "wallet.symptom.short_breath": ("气促", "Short of breath"),
    "wallet.symptom.sore_throat": ("咽痛", "Sore throat"),
    "wallet.test": ("测试", "TEST"),
    "wallet.trip.answer": ("{region}的答复", "The answer in {region}"),
    "wallet.trip.ask": ("查询", "See the answer"),
    "wallet.trip.because.colour_ended": (
        "到那天，这张码上写明的期限已满，不会因此采取任何措施。届时请重新打开健康码，手机会取回新码。",
        ("By that day the period named in this pass is over, and no measure follows from it. Open the pass "
         "again then, and the phone fetches a new one."),
    ),
    "wallet.trip.because.expired": (
        "这张码到那天已过有效期，这不说明您的健康有问题。请在出发前续领，或到达后在当地申领。",
        ("This pass has run out by that day; that says nothing about your health. Renew it before you set "
         "out, or apply there on arrival."),
    ),
    "wallet.trip.because.not_recognised": (
        "按目前公布的，{region}那天还不认您发码地区的健康码。到达后可以在当地申领，工作人员会协助您。",
        ("As published so far, {region} does not recognise the passes of your region on that day. You can "
         "apply for a pass there on arrival; the officer will help you."),
    ),
    "wallet.trip.because.recognition_suspended": (
        "{region}那天暂停互认您发码地区的健康码。到达后可以在当地申领；暂停前已出发的，不会被劝返。",
        ("{region} has suspended the recognition of your region on that day. You can apply for a pass "
         "there on arrival; who set out before is not turned back."),
    ),
    "wallet.trip.because.rulebook_missing": (
        "{region}没有公布那天适用的规定，因此不能要求任何措施；到达后30分钟内给您答复。",
        ("{region} has published no rules for that day, so no measure may be required; you have an answer "
         "within 30 minutes of arrival."),
    ),
    "wallet.trip.day": ("哪一天到？", "Which day?"),
    "wallet.trip.disagree": (
        "对颜色有异议，现在就可以申请更正",
        "Ask for a correction now if the colour is wrong",
    ),
    "wallet.trip.region": ("去哪个地区？", "Which region?"),
    "wallet.trip.renewed": ("续领以后", "After renewing"),
    "wallet.trip.sign_in": (
        "登录后，按您现在的健康码查询。",
        "Sign in, and it is looked up for the pass you have.",
    ),
    "wallet.trip.title": ("出行查询", "Before you travel"),
    "wallet.trip.words": (
        "选择要去的地区和日期，看看那里怎么认您的健康码。",
        "Choose a region and a day, and see how your pass is answered there.",
    ),
    "wallet.under_way": ("请稍候…", "One moment…"),
    "wallet.waiting.look": ("现在看看", "Look now"),
    "wallet.waiting.title": ("正在询问原发码地区", "Your home region is being asked"),
    "wallet.waiting.words": (
        ("您来自其他地区，我们正在向那里核对。最迟{at}会自动发码，您不用做任何事；"
         "原来的码在此期间照常有效。"),
        ("You come from another region, which is being asked. The pass comes by itself by {at}; nothing "
         "has to be done, and your own pass counts meanwhile."),
    ),
    "wallet.welcome": ("健康码", "Health pass"),
    "wallet.welcome.of": ("{region}健康码", "Health pass of {region}"),
    "wallet.welcome.one": (
        "一次申领，互认地区通行。",
        "Apply once; every region that recognises it lets you pass.",
    ),
    "wallet.welcome.three": ("有了健康码，不再要求其他证明。", "With it, no other proof may be asked for."),
    "wallet.welcome.two": ("没有网络也能亮码。", "It can be shown without a network."),
    "wallet.why.back": ("怎样恢复绿码", "The way back to green"),
    "wallet.why.evidence": ("依据的情况", "What it rests on"),
    "wallet.why.fresh": (
        "情况有变，手机正在取新码。",
        "Something changed; the phone is fetching the new pass.",
    ),
    "wallet.why.green": ("没有任何记录影响您的颜色。", "Nothing on record speaks against green."),
    "wallet.why.of_dependant": ("家人", "A dependant"),
    "wallet.why.offline": (
        "没有网络，下面是码上写明的内容。",
        "There is no network; this is what the pass itself says.",
    ),
    "wallet.why.reason": ("原因", "Reason"),
    "wallet.why.rule": ("依据的规定", "The rule"),
    "wallet.why.short": ("原因和办法", "Why?"),
    "wallet.why.since": ("起算", "From"),
    "wallet.why.title": ("为什么是这个颜色", "Why this colour"),
    "wallet.why.todo": ("怎么办", "What to do"),
    "wallet.why.until": ("结束或复查", "Ends, or is looked at again"),
    "wallet.yes": ("是", "Yes"),
    "way_back.clearance": (
        "经医疗机构排除或解除后恢复，最迟{until}复核；如有异议，可申请纠错，24小时内答复。",
        ("It ends when a physician clears you, and is reviewed by {until}. If you think it is wrong, ask "
         "for a correction: the answer comes within 24 hours."),
    ),
    "way_back.time": (
        "到{until}自动恢复，无需办理；如有异议，可申请纠错，24小时内答复。",
        ("It ends by itself at {until}; you need do nothing. If you think it is wrong, ask for a "
         "correction: the answer comes within 24 hours."),
    ),
    "what_to_do.green": (
        "没有规则适用于您，凭绿码通行即可，无需其他证明。",
        "No rule concerns you: travel with your green pass; no other proof is needed.",
    ),
    "what_to_do.red": (
        "请留在原地，联系所在县的疾控中心或指挥部，不要自行乘坐公共交通。有异议可申请纠错，24小时内答复。",
        ("Stay where you are and call the disease control centre or the command of your county; do not "
         "take public transport by yourself. If you think this is wrong, ask for a correction: the answer "
         "comes within 24 hours."),
    ),
    "what_to_do.visitor": (
        "您居住在其他地区：在本地申领时先向居住地核实，最迟24小时。在此之前，请出示居住地的健康码。",
        ("You live in another region, which is asked before a code is given here: 24 hours at the latest. "
         "Until then show the code of your home region."),
    ),
    "what_to_do.yellow": (
        ("请按所在地社区的要求配合观察；需要出行时，先联系社区。有新情况请申报；有异议可申请纠错，"
         "24小时内答复。"),
        ("Follow what the community where you are asks, and call it before you travel. Declare what is "
         "new; if you think this is wrong, ask for a correction: the answer comes within 24 hours."),
    ),
}
