"use strict";

// The page asks for what changed once a second and draws only that. What people and the bot say
// is set as text, never as markup.

const PLATFORM = { official: "公众号", wecom: "企业微信" };
const POLL_MS = 1000;
const PAUSE_SHOWN_MS = 5 * 60 * 1000;

const phones = new Map();
let version = 0;
let logList = null;
let timer = 0;

const make = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

const button = (className, label, onClick) => {
  const node = make("button", className, label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
};

const clock = (at) =>
  new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

// What a person does

async function act(phone, name, body) {
  phone.waiting += 1;
  drawWaiting(phone);
  try {
    const response = await fetch(`/sandbox/phones/${phone.key}/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) {
      drawPhone(phone, answer);
    } else {
      toast(response.status === 404 ? "这一项已经变了，请看最新的消息" : `没有成功：${answer.error}`);
    }
  } catch {
    toast("沙盒没有回应");
  } finally {
    phone.waiting -= 1;
    drawWaiting(phone);
    poll();
  }
}

function toast(text) {
  const node = document.getElementById("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { node.hidden = true; }, 4000);
}

// Messages

function drawEntry(phone, message, before) {
  const middle = message.kind === "event" || message.kind === "fault";
  const entry = make("div", `entry ${middle ? "middle" : message.sender}`);
  if (!before || new Date(message.at) - new Date(before.at) > PAUSE_SHOWN_MS) {
    entry.append(make("time", "when", clock(message.at)));
  }
  if (middle) {
    entry.append(make("p", `line ${message.kind}`, message.text));
  } else if (message.card) {
    entry.append(drawCard(phone, message));
  } else {
    entry.append(drawBubble(phone, message));
  }
  return entry;
}

function drawBubble(phone, message) {
  const bubble = make("div", message.kind === "photo" ? "bubble bare" : "bubble");
  const speaker = message.sender === "person" ? phone.person.name : PLATFORM[phone.person.platform];
  bubble.append(make("span", "hidden", `${speaker}：`));
  if (message.media || message.place) bubble.append(drawEnclosed(message));
  for (const part of message.parts) {
    if (part.command) {
      const body = { message_id: message.id, command: part.command };
      bubble.append(button("tap", part.text, () => act(phone, "tap", body)));
    } else if (part.url) {
      const link = make("a", "tap", part.text);
      link.href = part.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      bubble.append(link);
    } else {
      bubble.append(part.text);
    }
  }
  return bubble;
}

function drawCard(phone, message) {
  const card = message.card;
  const node = make("section", "card");
  node.setAttribute("aria-label", `卡片：${card.title}`);
  const inside = make("div", "inside");
  if (card.title) inside.append(make("h3", "", card.title));
  if (card.text) inside.append(make("p", "words", card.text));
  if (card.fields.length) {
    const list = make("dl");
    for (const field of card.fields) {
      list.append(make("dt", "", field.label), make("dd", "", field.value));
    }
    inside.append(list);
  }
  let select = null;
  if (card.selection) {
    const label = make("label", "choose", card.selection.title || "请选择");
    select = make("select");
    for (const option of card.selection.options) {
      select.append(new Option(option.text, option.id));
    }
    if (card.selection.selected) select.value = card.selection.selected;
    label.append(select);
    inside.append(label);
  }
  node.append(inside);
  if (card.note) node.append(make("p", "note", card.note));
  if (card.buttons.length) {
    const keys = make("div", "keys");
    for (const item of card.buttons) keys.append(drawKey(phone, message, item, select));
    node.append(keys);
  }
  return node;
}

function drawKey(phone, message, item, select) {
  if (item.url) {
    const link = make("a", "", item.label);
    link.href = item.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  return button(item.style === 1 ? "first" : "", item.label, async (event) => {
    const tapped = event.currentTarget;
    tapped.disabled = true;
    const body = { message_id: message.id, key: item.key };
    if (select) body.selected = [select.value];
    await act(phone, "press", body);
    tapped.disabled = false;
  });
}

// One phone

function buildPhone(person) {
  const node = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
  const phone = {
    key: person.key, person, node, waiting: 0, entries: new Map(), order: [], isFollowing: undefined,
    chat: node.querySelector(".chat"),
    newer: node.querySelector(".newer"),
    quick: node.querySelector(".quick"),
    input: node.querySelector("input"),
    send: node.querySelector(".write [type=submit]"),
    plus: node.querySelector(".plus"),
    more: node.querySelector(".more"),
    dots: make("div", "entry bot"),
  };
  node.classList.add(person.platform);
  node.setAttribute("aria-label", `${person.name}的手机`);
  node.querySelector(".avatar").textContent = person.name[0];
  node.querySelector("h2").textContent = person.name;
  node.querySelector(".names p").textContent = person.role;
  node.querySelector(".badge").textContent = PLATFORM[person.platform];
  phone.chat.setAttribute("aria-label", `${person.name}的聊天`);
  phone.quick.setAttribute("aria-label", `${person.name}可以点的`);
  phone.input.id = `say-${person.key}`;
  const label = node.querySelector("label");
  label.htmlFor = phone.input.id;
  label.textContent = `${person.name}说`;
  const dots = make("div", "bubble dots");
  dots.append(make("i"), make("i"), make("i"));
  phone.dots.append(dots);
  phone.dots.setAttribute("aria-hidden", "true");

  node.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = phone.input.value.trim();
    if (!text) return;
    phone.input.value = "";
    act(phone, "say", { text });
  });
  phone.more.setAttribute("aria-label", `${person.name}可以发的照片、语音和位置`);
  phone.plus.addEventListener("click", () => toggleMore(phone, phone.more.hidden));
  fillMore(phone);
  phone.newer.addEventListener("click", () => toEnd(phone));
  phone.chat.addEventListener("scroll", () => { if (isAtEnd(phone)) phone.newer.hidden = true; });
  return phone;
}

const isAtEnd = ({ chat }) => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;

function toEnd(phone) {
  phone.chat.scrollTop = phone.chat.scrollHeight;
  phone.newer.hidden = true;
}

function drawPhone(phone, shown) {
  const wasAtEnd = isAtEnd(phone);
  const isFirst = phone.isFollowing === undefined;
  let isNew = false;
  let before = null;
  for (const message of shown.messages) {
    const drawn = JSON.stringify(message);
    const old = phone.entries.get(message.id);
    if (!old || old.drawn !== drawn) {
      const node = drawEntry(phone, message, before);
      if (old) {
        old.node.replaceWith(node);
      } else {
        phone.chat.querySelector(".blank")?.remove();
        phone.chat.insertBefore(node, phone.dots.isConnected ? phone.dots : null);
        isNew = true;
      }
      phone.entries.set(message.id, { node, drawn });
    }
    before = message;
  }
  if (!phone.entries.size && !phone.chat.querySelector(".blank")) {
    phone.chat.append(make("p", "blank", blankText(phone.person)));
  }
  if (phone.isFollowing !== shown.is_following) {
    phone.isFollowing = shown.is_following;
    drawQuick(phone);
  }
  if (wasAtEnd || shown.messages.at(-1)?.sender === "person") toEnd(phone);
  else if (isNew) phone.newer.hidden = false;
  if (isNew && !isFirst && phone.tab && phone.tab.getAttribute("aria-current") !== "true") {
    phone.tab.classList.add("unread");
  }
}

const blankText = (person) =>
  person.platform === "official" ? "还没有关注公众号，点下面的“扫码关注”" : "还没有消息";

function drawQuick(phone) {
  const { person, isFollowing } = phone;
  const items = [];
  if (person.platform === "wecom") {
    items.push(button("do", "进入应用", () => act(phone, "open", {})));
  } else if (isFollowing) {
    items.push(button("do", "扫码", () => act(phone, "follow", { scene: person.scene })));
  } else {
    const scan = () => act(phone, "follow", { scene: person.scene });
    items.push(button("do main", "扫码关注", scan));
    items.push(button("do", "关注", () => act(phone, "follow", { scene: "" })));
  }
  const canWrite = person.platform === "wecom" || isFollowing;
  if (canWrite) {
    for (const text of person.sayings) {
      items.push(button("", text, () => act(phone, "say", { text })));
    }
  }
  if (person.platform === "official" && isFollowing) {
    items.push(button("", "取消关注", () => act(phone, "unfollow", {})));
  }
  phone.quick.replaceChildren(...items);
  phone.input.disabled = !canWrite;
  phone.send.disabled = !canWrite;
  phone.plus.disabled = !canWrite;
  if (!canWrite) toggleMore(phone, false);
  phone.input.placeholder = canWrite ? "说点什么" : "先关注公众号";
}

function drawWaiting(phone) {
  phone.node.setAttribute("aria-busy", String(phone.waiting > 0));
  if (phone.waiting > 0) {
    phone.chat.append(phone.dots);
    toEnd(phone);
  } else {
    phone.dots.remove();
  }
}

// The log

function withNames(text) {
  for (const { person } of phones.values()) text = text.replaceAll(person.external_id, person.name);
  return text;
}

function drawLog(calls) {
  if (calls.length) logList.querySelector(".none")?.remove();
  for (const call of calls) {
    const isPush = call.direction === "push";
    const isBad = isPush ? call.status !== 200 : call.status !== 0;
    const line = make("li", `${call.platform}${isBad ? " bad" : ""}`);
    const way = make("span", "way", isPush ? "→" : "←");
    way.title = isPush ? "平台推给机器人" : "机器人调用接口";
    line.append(
      way,
      make("span", "name", call.name),
      make("span", "state", isBad || isPush ? String(call.status || "✕") : "ok"),
      make("span", "about", [clock(call.at), withNames(call.about), call.result].filter(Boolean).join(" · ")),
    );
    logList.prepend(line);
  }
  while (logList.children.length > 300) logList.lastElementChild.remove();
}

// Polling

async function poll() {
  clearTimeout(timer);
  try {
    const response = await fetch(`/sandbox/changes?after=${version}`);
    const changes = await response.json();
    if (changes.version < version) location.reload();
    if (changes.version > version || !version) {
      const newer = changes.log.filter((call) => call.id > version);
      version = changes.version;
      for (const [key, shown] of Object.entries(changes.phones)) drawPhone(phones.get(key), shown);
      drawLog(newer);
    }
    document.getElementById("offline").hidden = true;
  } catch {
    document.getElementById("offline").hidden = false;
  }
  clearTimeout(timer);
  timer = setTimeout(poll, document.hidden ? 5 * POLL_MS : POLL_MS);
}

// Start

function show(node, tab) {
  for (const other of document.querySelectorAll(".phone")) other.classList.toggle("shown", other === node);
  for (const other of document.querySelectorAll("#tabs button")) {
    other.setAttribute("aria-current", String(other === tab));
  }
  tab.classList.remove("unread");
  const phone = [...phones.values()].find((one) => one.node === node);
  if (phone) toEnd(phone);
}

function addTab(name, node) {
  const tab = button("", name, () => show(node, tab));
  document.getElementById("tabs").append(tab);
  return tab;
}

async function start() {
  const main = document.getElementById("phones");
  samples = await (await fetch("/sandbox/samples")).json();
  const people = await (await fetch("/sandbox/people")).json();
  for (const person of people) {
    const phone = buildPhone(person);
    phones.set(person.key, phone);
    main.append(phone.node);
    phone.tab = addTab(person.name, phone.node);
  }
  const log = document.getElementById("log-template").content.firstElementChild.cloneNode(true);
  logList = log.querySelector(".calls");
  logList.append(make("li", "none", "还没有来往"));
  main.append(log);
  addTab("记录", log);
  const first = phones.values().next().value;
  show(first.node, first.tab);
  await poll();
}

const large = document.getElementById("large");
large.addEventListener("click", () => {
  const isLarge = document.documentElement.classList.toggle("large");
  large.setAttribute("aria-pressed", String(isLarge));
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
document.querySelector(".story").open = matchMedia("(min-width: 1000px)").matches;
start().catch(() => { document.getElementById("offline").hidden = false; });
