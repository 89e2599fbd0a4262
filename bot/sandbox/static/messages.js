"use strict";

// How a message looks: bubbles with tappable lines, template cards, template messages.

const PLATFORM = { official: "公众号", wecom: "企业微信" };
const PAUSE_SHOWN_MS = 5 * 60 * 1000;

function drawEntry(phone, message, before) {
  const middle = message.kind === "event" || message.kind === "fault";
  const entry = make("div", `entry ${middle ? "middle" : message.sender}`);
  mark(entry, "message", { id: message.id, sender: message.sender, kind: message.kind });
  if (!before || new Date(message.at) - new Date(before.at) > PAUSE_SHOWN_MS) {
    entry.append(make("time", "when", moment(message.at)));
  }
  if (middle) entry.append(make("p", `line ${message.kind}`, message.text));
  else if (message.card) entry.append(drawCard(phone, message));
  else if (message.template) entry.append(drawTemplate(message.template));
  else entry.append(drawBubble(phone, message));
  return entry;
}

function drawBubble(phone, message) {
  const bubble = make("div", message.kind === "photo" ? "bubble bare" : "bubble");
  if (message.kind === "msgmenu") bubble.classList.add("msgmenu");
  const speaker = message.sender === "person" ? phone.person.name : PLATFORM[phone.person.platform];
  bubble.append(make("span", "hidden", `${speaker}：`));
  if (message.media || message.place) bubble.append(drawEnclosed(message));
  for (const part of message.parts) {
    if (part.command) {
      const body = { message_id: message.id, command: part.command };
      const tap = button("tap", part.text, () => act(phone, "tap", body));
      bubble.append(mark(tap, "line", { command: part.command }));
    } else if (part.url) {
      bubble.append(outward("tap", part.text, part.url));
    } else {
      bubble.append(message.kind === "msgmenu" ? part.text.replace(/^\n/, "") : part.text);
    }
  }
  return bubble;
}

function outward(className, label, url) {
  const link = make("a", className, label);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function drawRows(rows) {
  const list = make("dl");
  for (const { label, value } of rows) list.append(make("dt", "", label), make("dd", "", value));
  return list;
}

function drawTemplate(template) {
  const node = mark(make("section", "card template"), "template", { template: template.id });
  node.setAttribute("aria-label", `模板消息：${template.title}`);
  const inside = make("div", "inside");
  inside.append(make("h3", "", template.title), drawRows(template.rows));
  node.append(inside);
  if (template.url) node.append(outward("detail", "查看详情", template.url));
  return node;
}

function drawCard(phone, message) {
  const card = message.card;
  const node = mark(make("section", "card"), "card");
  node.setAttribute("aria-label", `卡片：${card.title}`);
  const inside = make("div", "inside");
  if (card.menu?.length) inside.append(drawCardMenu(phone, message));
  if (card.title) inside.append(make("h3", "", card.title));
  if (card.text) inside.append(make("p", "words", card.text));
  if (card.fields.length) inside.append(drawRows(card.fields));
  const questions = (card.questions ?? [card.selection]).filter(Boolean).map(drawQuestion);
  for (const question of questions) inside.append(question.node);
  for (const link of card.links ?? []) {
    inside.append(link.url ? outward("tap", link.label, link.url) : make("p", "", link.label));
  }
  node.append(inside);
  if (card.note) node.append(mark(make("p", "note", card.note), "card-note"));
  if (card.buttons.length) {
    const keys = make("div", "keys");
    for (const item of card.buttons) keys.append(drawKey(phone, message, item, questions));
    node.append(keys);
  }
  return node;
}

function drawCardMenu(phone, message) {
  const menu = make("details", "card-menu");
  const summary = make("summary", "", "⋯");
  summary.setAttribute("aria-label", "卡片菜单");
  menu.append(summary);
  for (const item of message.card.menu) {
    const body = { message_id: message.id, key: item.key };
    menu.append(mark(button("", item.label, () => act(phone, "press", body)), "card-menu-item"));
  }
  return menu;
}

// A question of a card: a list to choose from, or boxes to tick; chosen() gives the ids.
function drawQuestion(question) {
  if (question.multiple || question.options.length > 10) return drawBoxes(question);
  const label = make("label", "choose", question.title || "请选择");
  const select = mark(make("select"), "card-select");
  for (const option of question.options) select.append(new Option(option.text, option.id));
  if (question.selected) select.value = question.selected;
  label.append(select);
  return { key: question.key, node: label, chosen: () => [select.value] };
}

function drawBoxes(question) {
  const group = make("fieldset", "boxes");
  if (question.title) group.append(make("legend", "", question.title));
  const ticked = new Set(question.selected.split(","));
  for (const option of question.options) {
    const label = make("label");
    const box = make("input");
    box.type = question.multiple ? "checkbox" : "radio";
    box.name = `box-${question.key}`;
    box.value = option.id;
    box.checked = ticked.has(option.id);
    label.append(box, option.text);
    group.append(label);
  }
  const chosen = () => [...group.querySelectorAll("input:checked")].map((box) => box.value);
  return { key: question.key, node: group, chosen };
}

function drawKey(phone, message, item, questions) {
  if (item.url) return outward("", item.label, item.url);
  const key = button(item.style === 1 ? "first" : "", item.label, async () => {
    key.disabled = true;
    const body = { message_id: message.id, key: item.key };
    if (questions.length === 1) [body.selected] = questions.map(({ chosen }) => chosen());
    else if (questions.length) {
      body.selected = Object.fromEntries(questions.map((one) => [one.key, one.chosen()]));
    }
    await act(phone, "press", body);
    key.disabled = false;
  });
  return mark(key, "card-button", { key: item.key });
}
