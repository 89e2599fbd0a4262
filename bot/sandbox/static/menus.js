"use strict";

// The published menu at a phone's bottom, and what an entry asks for before it is sent: photos, a
// scanned code, a place.

const SCANS = ["scancode_push", "scancode_waitmsg"];
const PICTURES = ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"];
const MOST_PHOTOS = 9;

function drawMenu(phone, menus) {
  const menu = menus[phone.person.platform];
  const isOffered = phone.person.platform === "wecom" || phone.isFollowing;
  const drawn = JSON.stringify([menu, isOffered]);
  if (phone.menuDrawn === drawn) return;
  phone.menuDrawn = drawn;
  const wasAtEnd = isAtEnd(phone);
  const buttons = (isOffered && menu?.button) || [];
  phone.menu.hidden = !buttons.length;
  phone.menu.replaceChildren(...buttons.map((item, place) => drawMenuButton(phone, item, place)));
  if (wasAtEnd) toEnd(phone);
}

function drawMenuButton(phone, item, place) {
  const below = item.sub_button ?? [];
  const node = make("div", "menu-item");
  const top = mark(button("", "", () => choose()), `menu-${place}`, { type: item.type ?? "" });
  if (below.length) top.append(make("i", "bars", "≡"));
  top.append(make("span", "", item.name));
  node.append(top);
  const choose = () => {
    const wasOpen = node.classList.contains("open");
    closeMenu(phone);
    if (!below.length) tapMenu(phone, item, [place]);
    else if (!wasOpen) openMenu(node, top);
  };
  if (below.length) {
    top.setAttribute("aria-expanded", "false");
    const list = make("div", "menu-list");
    below.forEach((entry, number) => {
      const row = button("", entry.name, () => {
        closeMenu(phone);
        tapMenu(phone, entry, [place, number]);
      });
      list.append(mark(row, `menu-${place}-${number}`, { type: entry.type ?? "" }));
    });
    node.append(list);
  }
  return node;
}

function openMenu(node, top) {
  node.classList.add("open");
  top.setAttribute("aria-expanded", "true");
}

function closeMenu(phone) {
  for (const node of phone.menu.querySelectorAll(".open")) {
    node.classList.remove("open");
    node.querySelector("button").setAttribute("aria-expanded", "false");
  }
}

function tapMenu(phone, entry, path) {
  if (PICTURES.includes(entry.type)) askForPhotos(phone, entry, path);
  else if (SCANS.includes(entry.type)) askForCode(phone, entry, path);
  else if (entry.type === "location_select") askForPlace(phone, entry, path);
  else act(phone, "menu", { path });
}

function openSheet(phone, title, ...content) {
  const close = mark(button("quiet", "取消", () => closeSheet(phone)), "sheet-cancel");
  phone.sheet.replaceChildren(make("h3", "", title), ...content, close);
  phone.sheet.setAttribute("aria-label", title);
  phone.sheet.hidden = false;
  phone.sheet.querySelector("button, input").focus();
}

function closeSheet(phone) {
  phone.sheet.hidden = true;
  phone.sheet.replaceChildren();
}

function askForPhotos(phone, entry, path) {
  const chosen = [];
  const send = mark(button("go", "发送", () => {
    closeSheet(phone);
    act(phone, "menu", { path, photos: chosen });
  }), "sheet-send");
  send.disabled = true;
  const tray = make("div", "tray");
  for (const { key, label, url } of samples.photos) {
    const item = button("sample", "", () => {
      if (chosen.length === MOST_PHOTOS) return;
      chosen.push(key);
      send.disabled = false;
      send.textContent = `发送 ${chosen.length} 张`;
    });
    const picture = make("img");
    picture.alt = "";
    picture.src = url;
    item.append(picture, label);
    tray.append(mark(item, `photo-${key}`));
  }
  openSheet(phone, `${entry.name}：点几张照片，到达的先后不一定`, tray, send);
}

function askForCode(phone, entry, path) {
  const input = mark(make("input"), "scanned");
  input.type = "text";
  input.value = phone.person.scene || "https://example.test/code";
  input.setAttribute("aria-label", "二维码的内容");
  const send = mark(button("go", "扫这个码", () => {
    const scanned = input.value.trim();
    if (!scanned) return;
    closeSheet(phone);
    act(phone, "menu", { path, scanned });
  }), "sheet-send");
  openSheet(phone, `${entry.name}：二维码里写着`, input, send);
}

function askForPlace(phone, entry, path) {
  const places = samples.places.map((place) =>
    button("go", place.label, () => {
      closeSheet(phone);
      act(phone, "menu", { path, place });
    }));
  openSheet(phone, `${entry.name}：选一个位置`, ...places);
}
