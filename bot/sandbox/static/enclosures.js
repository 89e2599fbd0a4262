"use strict";

// Photos, voices and places: how they are chosen, and how they look in a chat.

const PHOTO_PIXELS = 1600;
const VOICE_SECONDS = [5, 30];

let samples = { photos: [], places: [] };

// A chosen picture goes out as WeChat sends it: smaller, and as a JPEG.
async function asJpeg(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_PIXELS / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.85).split(",")[1];
}

function drawPhoto(media) {
  const link = make("a", "photo");
  link.href = media.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  const picture = make("img");
  picture.alt = "照片";
  picture.src = media.url;
  link.append(picture);
  return link;
}

function drawVoice(media) {
  const bar = make("span", "voice");
  bar.style.setProperty("--seconds", Math.min(media.seconds, 60));
  const waves = make("i", "", "◗))");
  waves.setAttribute("aria-hidden", "true");
  bar.append(waves, media.seconds ? `语音 ${media.seconds} 秒` : "语音");
  return bar;
}

function drawPlace(place) {
  const node = make("span", "place");
  node.append(make("b", "", place.label || "位置"));
  node.append(make("small", "", `${place.latitude.toFixed(6)}，${place.longitude.toFixed(6)}`));
  return node;
}

function drawEnclosed(message) {
  if (message.place) return drawPlace(message.place);
  return message.kind === "photo" ? drawPhoto(message.media) : drawVoice(message.media);
}

function fillMore(phone) {
  const send = (name, body) => {
    toggleMore(phone, false);
    act(phone, name, body);
  };
  const items = samples.photos.map(({ key, label, url }) => {
    const item = mark(button("sample", "", () => send("photo", { sample: key })), `send-photo-${key}`);
    const picture = make("img");
    picture.alt = "";
    picture.src = url;
    item.append(picture, label);
    return item;
  });
  const chooser = make("input");
  chooser.type = "file";
  chooser.accept = "image/*";
  chooser.hidden = true;
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    let data = "";
    try {
      data = await asJpeg(file);
    } catch {
      toast("这张照片打不开，请换一张");
    }
    chooser.value = "";
    if (data) send("photo", { data });
  });
  items.push(chooser, button("", "选照片…", () => chooser.click()));
  for (const seconds of VOICE_SECONDS) {
    items.push(mark(button("", `语音 ${seconds} 秒`, () => send("voice", { seconds })), `send-voice-${seconds}`));
  }
  for (const place of samples.places) {
    items.push(mark(button("", `位置：${place.label}`, () => send("place", place)), "send-place"));
  }
  phone.more.replaceChildren(...items);
}

function toggleMore(phone, isOpen) {
  const wasAtEnd = isAtEnd(phone);
  phone.more.hidden = !isOpen;
  phone.plus.setAttribute("aria-expanded", String(isOpen));
  if (wasAtEnd) toEnd(phone);
}
