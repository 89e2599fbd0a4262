"use strict";

// The page asks for what changed once a second and draws only that. What people and the bot say
// is set as text, never as markup.
//
// For tests that drive the page, these `data-testid` stay as they are:
//
//   choose-KEY        shows a person's phone; aria-pressed says whether it is shown. On a wide
//                     page a second click puts it away, on a narrow one the last click wins
//   choose-side       the same for the page's side (notices, log, controls)
//   phone-KEY         a phone; the following are inside it
//     chat            its messages; message has data-id, data-sender, data-kind
//     line            a tappable line of a text, with data-command
//     card            with card-button (data-key), card-select, card-note, card-menu-item
//     template        a template message, with data-template
//     composer, send  what is typed and sent;  plus opens photos, voices and places
//     quick-open, quick-scan, quick-follow, quick-unfollow, quick-say
//     menu-I, menu-I-J  entries of the published menu, from 0, with data-type
//     send-photo-KEY, send-voice-SECONDS, send-place   behind plus
//     photo-KEY, scanned, sheet-send, sheet-cancel   what a menu's entry asks for
//   page-sent, page-log, page-control   tabs of the side
//   sent-line         a notice's way, with data-name (the API's)
//   log-line          a call or push, with data-name; filter-platform, filter-direction,
//                     filter-who, filter-bad above
//   controls          with advance-SECONDS, advance-back, weather-PLATFORM, code-PLATFORM,
//                     state-person, state-NAME, window-KEY, account-NAME, template-outcome,
//                     limit-PLATFORM-NAME
//   now               the platforms' time

const POLL_MS = 1000;
const WIDE = matchMedia("(min-width: 900px)");
const ROOMY = matchMedia("(min-width: 1500px)");
const AT_FIRST = ["wang", "chenshuji", "zhangsan"];

const phones = new Map();
const world = { now: null, offset: 0, menus: {} };
let version = 0;
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

function mark(node, testid, data = {}) {
  Object.assign(node.dataset, { testid, ...data });
  return node;
}

// Times are the platforms', in their country; the day is said where it is another one than today.
const inChina = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", ...options });
const DAY = inChina({ month: "long", day: "numeric" });
const MINUTE = inChina({ hour: "2-digit", minute: "2-digit", hour12: false });
const SECOND = inChina({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

function moment(at, withSeconds = false) {
  const when = new Date(at);
  const clock = (withSeconds ? SECOND : MINUTE).format(when);
  const isToday = DAY.format(when) === DAY.format(world.now ? new Date(world.now) : new Date());
  return isToday ? clock : `${DAY.format(when)} ${clock}`;
}

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

// Polling

async function poll() {
  clearTimeout(timer);
  try {
    const response = await fetch(`/sandbox/changes?after=${version}`);
    const changes = await response.json();
    if (changes.version < version) location.reload();
    Object.assign(world, { now: changes.now, offset: changes.offset, menus: changes.menus });
    drawNow();
    if (changes.version > version || !version) {
      const newer = changes.log.filter((call) => call.id > version);
      version = changes.version;
      for (const [key, shown] of Object.entries(changes.phones)) {
        if (phones.has(key)) drawPhone(phones.get(key), shown);
      }
      drawLog(newer);
    }
    for (const phone of phones.values()) drawMenu(phone, world.menus);
    document.getElementById("offline").hidden = true;
  } catch {
    document.getElementById("offline").hidden = false;
  }
  clearTimeout(timer);
  timer = setTimeout(poll, document.hidden ? 5 * POLL_MS : POLL_MS);
  drawControls();
}

function drawNow() {
  const node = document.getElementById("now");
  const when = new Date(world.now);
  node.textContent = `${DAY.format(when)} ${MINUTE.format(when)}`;
  node.classList.toggle("moved", world.offset > 0);
  node.title = world.offset > 0 ? "时间往后拨过" : "平台的时间";
}

// Choosing what is shown

function setShown(node, isShown) {
  node.classList.toggle("shown", isShown);
  const tab = node.tab;
  tab.setAttribute("aria-pressed", String(isShown));
  if (!isShown) return;
  tab.classList.remove("unread");
  const phone = [...phones.values()].find((one) => one.node === node);
  if (phone) toEnd(phone);
}

function choose(node) {
  const all = [...document.querySelectorAll(".phone"), document.getElementById("side")];
  const isAlone = !WIDE.matches;
  if (isAlone) for (const other of all) setShown(other, other === node);
  else setShown(node, !node.classList.contains("shown"));
  if (node.classList.contains("shown")) node.scrollIntoView({ block: "nearest" });
  drawDesk();
}

function drawDesk() {
  document.body.classList.toggle("no-side", !document.getElementById("side").classList.contains("shown"));
}

function addTab(name, testid, node) {
  const tab = mark(button("", name, () => choose(node)), testid);
  document.getElementById("people").append(tab);
  node.tab = tab;
  return tab;
}

function startSide() {
  const pages = [["sent", "通知去向"], ["log", "全部往来"], ["control", "控制台"]];
  const tabs = pages.map(([name, label]) => {
    const tab = mark(button("", label, () => openPage(name)), `page-${name}`);
    tab.setAttribute("role", "tab");
    tab.dataset.page = name;
    return tab;
  });
  document.getElementById("pages").append(...tabs);
  openPage("sent");
}

function openPage(name) {
  for (const tab of document.querySelectorAll("#pages button")) {
    const isOpen = tab.dataset.page === name;
    tab.setAttribute("aria-selected", String(isOpen));
    document.getElementById(`page-${tab.dataset.page}`).hidden = !isOpen;
  }
  drawControls();
}

function showAtFirst() {
  const known = AT_FIRST.filter((key) => phones.has(key)).map((key) => phones.get(key).node);
  const first = ROOMY.matches ? known : known.slice(0, 2);
  const side = document.getElementById("side");
  const shown = WIDE.matches ? [...first, side] : first.slice(0, 1);
  for (const node of [...document.querySelectorAll(".phone"), side]) setShown(node, shown.includes(node));
  drawDesk();
}

// Start

async function start() {
  const main = document.getElementById("phones");
  samples = await (await fetch("/sandbox/samples")).json();
  const people = await (await fetch("/sandbox/people")).json();
  for (const person of people) {
    const phone = buildPhone(person);
    phones.set(person.key, phone);
    main.append(phone.node);
    phone.tab = addTab(person.name, `choose-${person.key}`, phone.node);
    phone.tab.classList.add(person.platform);
  }
  addTab("平台", "choose-side", document.getElementById("side"));
  startSide();
  startLog();
  showAtFirst();
  WIDE.addEventListener("change", showAtFirst);
  await poll();
}

const large = document.getElementById("large");
large.addEventListener("click", () => {
  const isLarge = document.documentElement.classList.toggle("large");
  large.setAttribute("aria-pressed", String(isLarge));
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
start().catch(() => { document.getElementById("offline").hidden = false; });
