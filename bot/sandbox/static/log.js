"use strict";

// The side's first two pages: where each notice went, and every call and push with filters.

const CALLS_SHOWN = 300;

const SENDS = {
  "message/custom/send": "客服消息",
  "message/template/send": "模板消息",
  "message/send": "应用消息",
  "message/update_template_card": "更新卡片",
};

const OUTCOMES = {
  invaliduser: "没送到：不在可见范围或没有这个人",
  unlicenseduser: "没送到：没有接口许可",
  dropped: "平台丢弃了：发得太密",
  repeated: "同一条发过了，没有再显示",
  "failed:user block": "没送到：本人拒收",
  "failed: system failed": "没送到：平台发送失败",
};

const CODES = {
  200: "回来的是网页", 502: "回来的是网页", 503: "平台没有回应", "-1": "平台忙", 40001: "凭证不对", 40003: "没有这个 openid", 40007: "照片或语音已失效", 40008: "不支持的消息类型",
  40014: "凭证不对", 40037: "没有这个模板", 40056: "应用编号不对", 40058: "参数不对", 40200: "账号类型不能用",
  41016: "卡片缺标题", 42001: "凭证过期", 42014: "任务编号重复", 43004: "没有关注", 43019: "已被拉黑",
  43101: "本人不收模板消息", 44004: "内容是空的", 45002: "内容太长", 45009: "今天的次数用完了",
  45011: "调用太频繁", 45015: "超过可以发送的时间，或已取消关注", 45033: "同时调用太多", 45047: "这段时间的条数用完了",
  47001: "格式不对", 47003: "模板的某一项不合要求", 48001: "没有这个权限", 48002: "本人不收消息", 48004: "接口被封",
  50002: "不在可见范围", 50003: "应用已停用", 60011: "没有权限", 60020: "来源 IP 不在名单里", 60111: "没有这个成员",
  81013: "没有一个收得到的人", 82001: "收件人都不对", 301002: "应用编号与凭证不符",
};

let calls = [];

const isBad = (call) =>
  call.direction === "push" ? call.status !== 200 : call.status !== 0;

function withNames(text) {
  for (const { person } of phones.values()) text = text.replaceAll(person.external_id, person.name);
  return text;
}

function drawLog(newer) {
  calls = [...calls, ...newer].slice(-CALLS_SHOWN);
  drawCalls();
  drawSends();
}

function drawCalls() {
  const form = document.getElementById("filters");
  const { platform, direction, who, bad } = form.elements;
  const fits = (call) =>
    (!platform.value || call.platform === platform.value) &&
    (!direction.value || call.direction === direction.value) &&
    (!who.value || concerns(call, who.value)) &&
    (!bad.checked || isBad(call));
  const lines = calls.filter(fits).map(drawCall).reverse();
  const none = make("li", "none", calls.length ? "没有符合条件的" : "还没有来往");
  document.getElementById("calls").replaceChildren(...(lines.length ? lines : [none]));
}

const concerns = (call, externalId) =>
  call.about.includes(externalId) ||
  Object.values(call.missed ?? {}).some((names) => names.includes(externalId));

function drawCall(call) {
  const isPush = call.direction === "push";
  const bad = isBad(call);
  const line = mark(make("li", `${call.platform}${bad ? " bad" : ""}`), "log-line", { name: call.name });
  const way = make("span", "way", isPush ? "→" : "←");
  way.title = isPush ? "平台推给机器人" : "机器人调用接口";
  const result = call.result === "ok" ? "" : call.result;
  const about = [moment(call.at, true), withNames(call.about), result];
  line.append(
    way,
    make("span", "name", call.name),
    make("span", "state", bad || isPush ? String(call.status || "✕") : "ok"),
    make("span", "about", about.filter(Boolean).join(" · ")),
  );
  return line;
}

// Where a notice went

function drawSends() {
  const lines = calls.filter((call) => call.name in SENDS && call.direction === "api").map(drawSend);
  const none = make("li", "none", "还没有发出通知");
  document.getElementById("sends").replaceChildren(...(lines.length ? lines.reverse() : [none]));
}

function drawSend(call) {
  const line = mark(make("li", call.platform), "sent-line", { name: call.name });
  const head = make("p", "send-head");
  head.append(
    make("b", "", `${PLATFORM[call.platform]} · ${SENDS[call.name]}`),
    make("time", "", moment(call.at, true)),
  );
  line.append(head);
  for (const [externalId, outcome, isGood] of fates(call)) {
    const row = make("p", `fate ${isGood ? "good" : "bad"}`);
    row.append(make("span", "", withNames(externalId)), make("span", "", outcome));
    line.append(row);
  }
  return line;
}

function fates(call) {
  const reached = call.about.split("|").filter(Boolean);
  if (isBad(call)) {
    const why = CODES[call.status] ?? call.result;
    const outcome = `没送到：${why}（${call.status}）`;
    return (reached.length ? reached : ["—"]).map((name) => [name, outcome, false]);
  }
  const missed = Object.entries(call.missed ?? {}).flatMap(([kind, names]) =>
    names.map((name) => [name, OUTCOMES[kind] ?? kind, false]));
  const absent = new Set(missed.map(([name]) => name));
  const said = call.name === "message/update_template_card" ? "卡片更新了" : "送到手机";
  return [...reached.filter((name) => !absent.has(name)).map((name) => [name, said, true]), ...missed];
}

function startLog() {
  const form = document.getElementById("filters");
  for (const { person } of phones.values()) {
    form.elements.who.append(new Option(person.name, person.external_id));
  }
  form.addEventListener("change", drawCalls);
  form.addEventListener("submit", (event) => event.preventDefault());
  drawLog([]);
}
