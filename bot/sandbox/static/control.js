"use strict";

// The side's control page: time, outages, quotas, what a person and the account are like.

const STEPS = [["1 分钟", 60], ["1 小时", 3600], ["1 天", 86400], ["2 天", 172800]];

const WEATHER = [
  ["", "正常", {}],
  ["unavailable", "停机（503）", { down: "unavailable" }],
  ["closed", "断开连接", { down: "closed" }],
  ["slow", "变慢（3 秒）", { latency: 3 }],
  ["hang", "不回应", { hang: true }],
  ["html", "返回网页", { html: 502 }],
  ["token", "凭证总是不对", { token: true }],
];

const FORCED = {
  official: [45015, 45047, 45009, 43004, 43101, 48001, 48004, 40037, 40001, "-1"],
  wecom: [45009, 60020, 50003, 50002, 60111, 81013, 40001, "-1"],
};

const LIMITS = {
  custom_send: "客服消息", template_send: "模板消息", token: "取凭证", stable_token: "取稳定凭证",
  stable_token_minute: "取稳定凭证", stable_token_forced: "强制换凭证", menu_create: "发布菜单", menu_query: "查菜单",
  media_upload: "上传", media_download: "下载", qr_code: "二维码", user_info: "查用户", clear_quota: "清零",
  api_minute: "每个接口", api_hour: "每个接口", person_sends: "发送人次",
  member_minute: "发给一个人", member_hour: "发给一个人",
};
const PER = { minute: "每分钟", hour: "每小时", day: "每天", month: "每月" };

const ACCOUNT_BOXES = {
  verified: "公众号已认证（模板、二维码、菜单消息）",
  echoes_menu_id: "点菜单消息时带编号",
  closed: "企业微信应用已停用",
};

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`/sandbox/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function change(path, body) {
  try {
    await ask(path, body);
  } catch (error) {
    toast(`没有成功：${error.message}`);
  }
  await Promise.all([poll(), drawControls()]);
}

function panel(name, title, ...content) {
  const node = mark(make("section", "control"), `control-${name}`);
  node.append(make("h3", "", title), ...content);
  return node;
}

function row(className, ...content) {
  const node = make("div", className);
  node.append(...content);
  return node;
}

function chooser(testid, options, value, onChange) {
  const select = mark(make("select"), testid);
  for (const [key, label] of options) select.append(new Option(label, key));
  select.value = value;
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

function labelled(text, control) {
  const label = make("label", "", text);
  label.append(control);
  return label;
}

function box(testid, text, isChecked, onChange) {
  const input = mark(make("input"), testid);
  input.type = "checkbox";
  input.checked = isChecked;
  input.addEventListener("change", () => onChange(input.checked));
  const label = make("label", "check");
  label.append(input, text);
  return label;
}

function timePanel() {
  const steps = STEPS.map(([label, seconds]) =>
    mark(button("", `+${label}`, () => change("clock", { advance: seconds })), `advance-${seconds}`));
  const back = mark(button("quiet", "回到现在", () => change("clock", { advance: -world.offset })), "advance-back");
  back.disabled = !world.offset;
  return panel("time", "时间往后拨", row("steps", ...steps, back),
    make("p", "hint", "整个演示一起走：确认期限、提醒、发送时间都照新的时间算。"));
}

function weatherOf(faults) {
  if (faults.codes.length) return "code";
  const found = WEATHER.find(([key, , wanted]) =>
    key && Object.entries(wanted).every(([name, value]) => faults[name] === value));
  if (found) return found[0];
  return faults.latency ? "slow" : "";
}

function weatherPanel(faults) {
  const rows = Object.entries(faults).map(([platform, current]) => {
    const now = weatherOf(current);
    const options = [...WEATHER.map(([key, label]) => [key, label]), ["code", "报错……"]];
    const set = (key) => {
      const code = FORCED[platform][0];
      const wanted = key === "code" ? { codes: [{ code }] } : WEATHER.find(([one]) => one === key)[2];
      change("faults", { [platform]: wanted });
    };
    const controls = [labelled(PLATFORM[platform], chooser(`weather-${platform}`, options, now, set))];
    if (now === "code") {
      const known = FORCED[platform].map((code) => [code, `${code} ${CODES[code]}`]);
      const setCode = (code) => change("faults", { [platform]: { codes: [{ code: Number(code) }] } });
      const { code } = current.codes[0];
      controls.push(labelled("每次都回答", chooser(`code-${platform}`, known, code, setCode)));
    }
    return row("pair", ...controls);
  });
  return panel("weather", "平台状态", ...rows);
}

function personPanel() {
  const options = [...phones.values()].map(({ key, person }) => [key, person.name]);
  const phone = phones.get(controls.person) ?? phones.values().next().value;
  const choose = (key) => {
    controls.person = key;
    drawControls();
  };
  const state = phone.shown?.state ?? {};
  const boxes = Object.entries(STANDING[phone.person.platform]).map(([name, label]) =>
    box(`state-${name}`, label, Boolean(state[name]), (isOn) =>
      change(`people/${phone.key}/state`, { [name]: isOn })));
  return panel("person", "某一个人", chooser("state-person", options, phone.key, choose), ...boxes);
}

function peoplePanel() {
  const table = make("table");
  const head = make("tr");
  for (const title of ["谁", "关注", "还能发"]) head.append(make("th", "", title));
  table.append(head);
  for (const { person, shown } of phones.values()) {
    if (person.platform !== "official" || !shown) continue;
    const line = mark(make("tr"), `window-${person.key}`);
    const windows = Object.entries(shown.windows ?? {})
      .filter(([, { closes_at }]) => new Date(closes_at) > new Date(world.now))
      .map(([name, { left, closes_at }]) => `${left} 条，到 ${moment(closes_at, name === "tap")}`);
    line.append(
      make("td", "", person.name),
      make("td", "", shown.is_following ? "已关注" : "没有"),
      make("td", "", windows.join("；") || "0 条"),
    );
    table.append(line);
  }
  return panel("people", "公众号现在能发给谁", table);
}

function limitsPanel(limits) {
  const node = make("details", "limits");
  node.open = controls.showsLimits;
  node.addEventListener("toggle", () => { controls.showsLimits = node.open; });
  node.append(make("summary", "", "全部额度"));
  for (const [platform, named] of Object.entries(limits)) {
    const table = make("table");
    const caption = make("caption", "", PLATFORM[platform]);
    table.append(caption);
    for (const [name, { limit, used, per }] of Object.entries(named)) {
      const input = mark(make("input"), `limit-${platform}-${name}`);
      input.type = "number";
      input.min = "0";
      input.value = limit;
      input.setAttribute("aria-label", `${LIMITS[name] ?? name}，${PER[per]}`);
      input.addEventListener("change", () =>
        change("limits", { [platform]: { [name]: Number(input.value) } }));
      const cell = make("td");
      cell.append(input);
      const line = make("tr");
      line.append(
        make("td", "", `${LIMITS[name] ?? name} ${PER[per]}`),
        make("td", "", used === null ? "—" : `已用 ${used}`),
        cell,
      );
      table.append(line);
    }
    node.append(table);
  }
  return panel("limits", "额度", node);
}

function accountPanel(account) {
  const boxes = Object.entries(ACCOUNT_BOXES).map(([name, label]) =>
    box(`account-${name}`, label, account[name], (isOn) => change("account", { [name]: isOn })));
  const outcomes = [["success", "送达"], ["failed:user block", "本人拒收"], ["failed: system failed", "系统失败"]];
  const outcome = chooser("template-outcome", outcomes, account.template_outcome, (value) =>
    change("account", { template_outcome: value }));
  return panel("account", "账号", ...boxes, labelled("模板消息的结果", outcome));
}

const controls = { person: "", showsLimits: false, drawn: "" };

// Drawn anew only when something is different, so that whoever types or chooses is not disturbed.
async function drawControls() {
  if (document.getElementById("page-control").hidden) return;
  let faults, limits, account;
  try {
    [faults, limits, account] = await Promise.all([ask("faults"), ask("limits"), ask("account")]);
  } catch {
    return; // the page says already that the sandbox does not answer
  }
  const people = [...phones.values()].map(({ shown }) => shown && [shown.is_following, shown.windows, shown.state]);
  const drawn = JSON.stringify([faults, limits, account, people, world.offset, controls.person]);
  const node = document.getElementById("controls");
  const isTyping = node.contains(document.activeElement) && document.activeElement.type === "number";
  if (drawn === controls.drawn || isTyping) return;
  controls.drawn = drawn;
  const kept = document.activeElement?.dataset?.testid;
  node.replaceChildren(
    timePanel(), weatherPanel(faults), personPanel(), peoplePanel(), accountPanel(account), limitsPanel(limits),
  );
  if (kept) node.querySelector(`[data-testid="${CSS.escape(kept)}"]`)?.focus();
}
