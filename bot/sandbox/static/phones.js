"use strict";

// One phone: its chat, what can be tapped and typed, and what it shows when something changed.

function buildPhone(person) {
  const node = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
  const part = (selector) => node.querySelector(selector);
  const phone = {
    key: person.key, person, node, waiting: 0, entries: new Map(), isFollowing: undefined, isEndSeen: true,
    shown: null, chat: part(".chat"), newer: part(".newer"), quick: part(".quick"),
    input: part("input"), send: part(".write [type=submit]"), plus: part(".plus"),
    more: part(".more"), menu: part(".menu"), sheet: part(".sheet"), standing: part(".standing"),
    dots: make("div", "entry bot"),
  };
  node.classList.add(person.platform);
  node.setAttribute("aria-label", `${person.name}的手机`);
  mark(node, `phone-${person.key}`);
  part(".avatar").textContent = person.name[0];
  part("h2").textContent = person.name;
  part(".names p").textContent = person.role;
  part(".badge").textContent = PLATFORM[person.platform];
  phone.chat.setAttribute("aria-label", `${person.name}的聊天`);
  mark(phone.chat, "chat");
  phone.quick.setAttribute("aria-label", `${person.name}可以点的`);
  phone.menu.setAttribute("aria-label", `${PLATFORM[person.platform]}的菜单`);
  phone.input.id = `say-${person.key}`;
  const label = part("label");
  label.htmlFor = phone.input.id;
  label.textContent = `${person.name}说`;
  const dots = make("div", "bubble dots");
  dots.append(make("i"), make("i"), make("i"));
  phone.dots.append(dots);
  phone.dots.setAttribute("aria-hidden", "true");
  part("form").addEventListener("submit", (event) => {
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
  // Whoever saw the newest message still does when the chat becomes lower, or is shown again; the
  // browser's own scrolling on that occasion comes before the observer, and is nobody's will.
  let height = 0;
  phone.chat.addEventListener("scroll", () => {
    if (phone.chat.clientHeight === height) phone.isEndSeen = isAtEnd(phone);
    if (phone.isEndSeen) phone.newer.hidden = true;
  });
  new ResizeObserver(() => {
    height = phone.chat.clientHeight;
    if (phone.isEndSeen) toEnd(phone);
  }).observe(phone.chat);
  phone.chat.addEventListener("click", () => closeMenu(phone));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeMenu(phone);
    closeSheet(phone);
  });
  return phone;
}

const isAtEnd = ({ chat }) => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;

function toEnd(phone) {
  phone.chat.scrollTop = phone.chat.scrollHeight;
  phone.isEndSeen = true;
  phone.newer.hidden = true;
}

function drawPhone(phone, shown) {
  const wasAtEnd = isAtEnd(phone);
  const isFirst = phone.shown === null;
  phone.shown = shown;
  const isNew = drawEntries(phone, shown.messages);
  if (!phone.entries.size && !phone.chat.querySelector(".blank")) {
    phone.chat.append(make("p", "blank", blankText(phone.person)));
  }
  if (phone.isFollowing !== shown.is_following) {
    phone.isFollowing = shown.is_following;
    drawQuick(phone);
  }
  drawStanding(phone, shown.state);
  if (wasAtEnd || shown.messages.at(-1)?.sender === "person") toEnd(phone);
  else if (isNew) phone.newer.hidden = false;
  if (isNew && !isFirst && !phone.node.classList.contains("shown")) phone.tab.classList.add("unread");
}

function drawEntries(phone, messages) {
  let isNew = false;
  let before = null;
  for (const message of messages) {
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
  return isNew;
}

const blankText = (person) =>
  person.platform === "official" ? "还没有关注公众号，点下面的“扫码关注”" : "还没有消息";

const STANDING = {
  official: { blocked: "已被拉黑", refuses_messages: "不收公众号消息", refuses_templates: "不收模板消息" },
  wecom: { outside: "不在可见范围", disabled: "账号停用", unlicensed: "没有接口许可" },
};

function drawStanding(phone, state) {
  const words = Object.entries(STANDING[phone.person.platform])
    .filter(([name]) => state?.[name])
    .map(([, word]) => word);
  phone.standing.hidden = !words.length;
  phone.standing.textContent = words.join("，");
}

function drawQuick(phone) {
  const { person, isFollowing } = phone;
  const items = [];
  const add = (name, className, label, onClick) => {
    items.push(mark(button(className, label, onClick), `quick-${name}`));
  };
  if (person.platform === "wecom") {
    add("open", "do", "进入应用", () => act(phone, "open", {}));
  } else if (isFollowing) {
    add("scan", "do", "扫码", () => act(phone, "follow", { scene: person.scene }));
  } else {
    add("scan", "do main", "扫码关注", () => act(phone, "follow", { scene: person.scene }));
    add("follow", "do", "关注", () => act(phone, "follow", { scene: "" }));
  }
  const canWrite = person.platform === "wecom" || isFollowing;
  if (canWrite) {
    for (const text of person.sayings) add("say", "", text, () => act(phone, "say", { text }));
  }
  if (person.platform === "official" && isFollowing) {
    add("unfollow", "", "取消关注", () => act(phone, "unfollow", {}));
  }
  phone.quick.replaceChildren(...items);
  phone.input.disabled = !canWrite;
  phone.send.disabled = !canWrite;
  phone.plus.disabled = !canWrite;
  if (!canWrite) {
    toggleMore(phone, false);
    closeSheet(phone);
  }
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
