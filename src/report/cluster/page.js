"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const DAY = 86400;
const STEP = 100;

// Every text goes into the page as text.
function make(name, attributes, ...inner) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...inner.filter((one) => one !== null && one !== undefined && one !== ""));
  return element;
}
const at = (id) => document.getElementById(id);
const counted = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many ?? one + "s"}`;
const date = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
const days = (seconds) => Math.floor((seconds - data.at) / DAY);
function inDays(seconds) {
  const left = days(seconds);
  if (left < 0) return `${counted(-left, "day")} ago`;
  return left < 730 ? `in ${counted(left, "day")}` : `in ${Math.round(left / 365)} years`;
}

// Holes of texts that hosts have in common.
function filled(text, host) {
  return text.replace(/\{\{|\{n\}|\{(\d+)\}/g, (hole, position) => hole === "{{" ? "{" : hole === "{n}" ? host.n : host.a[position] ?? hole);
}
function certificatesOf(host) {
  return data.words[data.kinds[host.k].words].map((alike, position) => {
    const own = host.w?.[position];
    if (own) return own;
    const [from, until] = host.d?.[position] ?? [alike.from, alike.until];
    return { ...alike, id: filled(alike.id, host), subject: filled(alike.subject, host), from, until,
      names: alike.names?.map(([name, why]) => [filled(name, host), why]) };
  });
}

function facts() {
  const rows = [...data.cluster, ["as of", new Date(data.at * 1000).toISOString().replace(".000", "")]];
  at("facts").append(...rows.map(([name, value]) => make("span", {}, make("span", { class: "dim" }, `${name} `), make("b", {}, value))));
  const certificates = data.endings.reduce((sum, ending) => sum + ending.count, 0);
  const expired = data.endings.filter((one) => ["expired", "not yet valid"].includes(one.state)).reduce((sum, one) => sum + one.count, 0);
  const due = data.endings.filter((one) => one.state === "due").reduce((sum, one) => sum + one.count, 0);
  const first = data.endings.find((one) => one.first !== undefined && !["expired", "removed"].includes(one.state));
  const cards = [
    ["#hosts", counted(data.hosts.length, "host"), `in ${counted(data.groups.length, "group")}`],
    ["#trust", counted(data.authorities.length, "CA"), "certificate authorities"],
    ["#certificates", counted(certificates, "certificate"), "and tokens"],
    first && ["#time", date(first.first), `the next to expire: ${first.name}`],
    due > 0 && ["#time", counted(due, "certificate"), "expire within 30 days", "soon"],
    expired > 0 && ["#time", counted(expired, "certificate"), "are not valid now", "bad"],
  ];
  for (const card of cards.filter(Boolean)) {
    const [target, number, about, kind] = card;
    at("numbers").append(make("a", { href: target, class: kind ?? "" }, make("strong", {}, number), make("span", {}, about)));
  }
}

const SVG = "http://www.w3.org/2000/svg";
function draw(name, attributes, ...inner) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inner);
  return element;
}
const key = (place) => Object.entries(place)[0].join(" ");
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// Boxes of a kind, those of the largest groups.
const BOXES = 40;
function boxes() {
  const groups = data.groups.map((group, index) => ({ key: `group ${index}`, kind: "group", title: group.name, weight: group.hosts,
    lines: [`${counted(group.hosts, "host")}${group.pool ? ` (pool; ${group.roles.join(", ")})` : ""}`] }));
  groups.sort((one, other) => other.weight - one.weight);
  return [
    ...groups.slice(0, BOXES),
    ...data.vips.slice(0, BOXES).map((vip, index) => ({ key: `vip ${index}`, kind: "vip", weight: 0, title: `VIP ${vip.name}`, lines: [vip.at.join(", ") || vip.by] })),
    ...data.externals.slice(0, BOXES).map((external, index) => ({ key: `external ${index}`, kind: "external", weight: 0, title: external.name, lines: [`run by others: ${external.urls[0] ?? ""}`] })),
  ];
}
function topology() {
  const all = boxes();
  at("topology").hidden = all.length === 0;
  if (all.length === 0) return;
  const known = new Map(all.map((box) => [box.key, box]));
  const pairs = new Map();
  const add = (from, to) => { if (from !== to && known.has(from) && known.has(to)) pairs.set(`${from}>${to}`, [from, to]); };
  for (const edge of data.edges) add(key(edge.from), key(edge.to));
  // A VIP leads to the groups that have what stands behind it.
  data.vips.forEach((vip, index) => {
    const component = vip.to.split(".")[0];
    data.hosts.forEach((host) => {
      if (data.kinds[host.k].components.some(([name]) => name === component)) add(`vip ${index}`, `group ${host.g}`);
    });
  });
  // Who connects stands at the left of its server. A VIP and what is behind it count first, then larger groups; a
  // connection that would lead back does not count.
  const next = new Map(all.map((box) => [box.key, new Set()]));
  const reaches = (from, to, seen = new Set()) => from === to || (!seen.has(from) && seen.add(from) && [...next.get(from)].some((one) => reaches(one, to, seen)));
  const rank = ([from, to]) => (from.startsWith("vip") ? 0 : to.startsWith("vip") ? 1 : 2);
  const ordered = [...pairs.values()].sort((one, other) => rank(one) - rank(other) || known.get(other[0]).weight - known.get(one[0]).weight);
  for (const [from, to] of ordered) if (!reaches(to, from)) next.get(from).add(to);
  const column = (box) => box.column ??= Math.max(0, ...all.filter((other) => next.get(other.key).has(box.key)).map((other) => column(other) + 1));
  all.forEach(column);
  const columns = [];
  for (const box of all) (columns[box.column] ??= []).push(box);
  const [width, height, gapX, gapY, edge] = [236, 46, 110, 22, 28];
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  columns.forEach((column, x) => column.forEach((box, y) => {
    box.x = edge + x * (width + gapX);
    box.y = edge + (y + (tallest - column.length) / 2) * (height + gapY);
  }));
  const map = at("map");
  const size = [2 * edge + columns.length * (width + gapX) - gapX, 2 * edge + tallest * (height + gapY) - gapY];
  map.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  map.setAttribute("width", Math.min(size[0], 1180));
  map.append(draw("defs", {}, draw("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, draw("path", { d: "M0 0L8 4L0 8z" }))));
  const paths = [...pairs.values()].map(([from, to]) => {
    const [a, b] = [known.get(from), known.get(to)];
    // What passes a column goes above its boxes, and what leads back below them.
    const far = 52;
    const [ay, by] = [a.y + height / 2, b.y + height / 2];
    const curve = (x, y, toX, toY, way, bend) => `M${x} ${y}C${x + way} ${y + bend} ${toX - way} ${toY + bend} ${toX} ${toY}`;
    let way;
    if (a.column < b.column) way = curve(a.x + width, ay - 5, b.x, by - 5, gapX / 2, b.column > a.column + 1 ? -far : 0);
    else if (a.column > b.column) way = curve(a.x, ay + 9, b.x + width, by + 9, -gapX / 2, far);
    else way = `M${a.x + width} ${ay}C${a.x + width + 46} ${ay} ${b.x + width + 46} ${by} ${b.x + width} ${by + 6}`;
    const path = draw("path", { d: way, "marker-end": "url(#tip)" });
    path.ends = [from, to];
    return path;
  });
  map.append(...paths);
  let chosen = null;
  const choose = (box) => {
    chosen = chosen === box.key ? null : box.key;
    map.classList.toggle("chosen", chosen !== null);
    const near = new Set([chosen]);
    for (const path of paths) {
      const on = path.ends.includes(chosen);
      path.classList.toggle("on", on);
      if (on) path.ends.forEach((end) => near.add(end));
    }
    for (const one of all) one.element.classList.toggle("on", near.has(one.key));
    edges(chosen);
  };
  for (const box of all) {
    const texts = [draw("text", { x: box.x + 12, y: box.y + 19, class: "title" }, shorten(box.title, 28))];
    texts.push(...box.lines.map((line, index) => draw("text", { x: box.x + 12, y: box.y + 36 + 15 * index }, shorten(line, 32))));
    box.element = draw("g", { class: `box ${box.kind}`, tabindex: 0, role: "button" }, draw("title", {}, [box.title, ...box.lines].join("\n")), draw("rect", { x: box.x, y: box.y, width, height }), ...texts);
    box.element.addEventListener("click", () => choose(box));
    box.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(box); }
    });
  }
  map.append(...all.map((box) => box.element));
  edges(null);
}
function placeName(place) {
  const [kind, index] = Object.entries(place)[0];
  if (kind === "group") return data.groups[index].name;
  return kind === "vip" ? `VIP ${data.vips[index].name}` : `${data.externals[index].name} (run by others)`;
}
function edges(chosen) {
  const rows = data.edges.filter((edge) => chosen === null || key(edge.from) === chosen || key(edge.to) === chosen);
  const table = make("table", {}, make("tr", {}, ...["client", "on", "server", "on", "port", "pairs"].map((name) => make("th", { scope: "col" }, name))));
  const row = (edge) => make("tr", {}, make("td", {}, `${edge.client} `, make("small", {}, `(${edge.dial})`)), make("td", {}, placeName(edge.from)), make("td", {}, edge.server),
    make("td", {}, placeName(edge.to)), make("td", {}, String(edge.port)), make("td", { class: "number" }, edge.pairs.toLocaleString("en")));
  table.append(...rows.slice(0, 200).map(row));
  const about = `${counted(rows.length, "kind")} of connections${rows.length > 200 ? ", the first 200" : ""}`;
  at("edges").replaceChildren(make("details", chosen === null ? {} : { open: "" }, make("summary", {}, about), table));
}

function authorities() {
  const card = (authority) => {
    const list = make("dl", {});
    const row = (name, ...value) => { if (value.length > 0) list.append(make("dt", {}, name), make("dd", {}, ...value)); };
    if (authority.plan) row("of plan", authority.plan);
    if (authority.subject) row("subject", make("code", {}, authority.subject));
    if (authority.key) row("key", `${authority.key}; generation: ${authority.generations}`);
    if (authority.serves.length > 0) row("serves", authority.serves.join(", "));
    row("issues", ...authority.issues.map(([kind, count]) => make("button", { class: "chip", type: "button", onclick: () => showIssued(authority.name) }, count > 1 ? `${kind} × ${count.toLocaleString("en")}` : kind)));
    row("trusted by", ...authority.trusted.map(([who, hosts, clients]) => make("span", { class: "chip", title: clients ? "verifies clients" : "verifies servers" }, `${who} on ${counted(hosts, "host")}`)));
    const below = data.authorities.filter((other) => other.issuer === authority.name).map(card);
    return make("div", { class: "authority" }, make("h3", {}, authority.name, " ", make("small", {}, authority.plan ? "CA of another plan" : authority.issuer ? `intermediate below ${authority.issuer}` : "root")), list, ...below);
  };
  at("authorities").append(...data.authorities.filter((authority) => !authority.issuer).map(card));
}

function endings() {
  at("supposed").hidden = !data.supposed;
  const known = data.endings.filter((ending) => ending.last !== undefined);
  const last = Math.max(data.at + 30 * DAY, ...known.map((ending) => ending.last));
  // Near dates have more room than far ones.
  const place = (seconds) => 100 * Math.sqrt(Math.max(0, seconds - data.at) / (last - data.at));
  const axis = make("div", { class: "axis", "aria-hidden": "true" }, make("span", { style: "left:0" }, "now"));
  let free = 8;
  for (const [count, word] of [[30, "30 days"], [90, "90 days"], [365, "1 year"], [730, "2 years"], [1825, "5 years"], [3650, "10 years"], [7300, "20 years"]]) {
    const left = place(data.at + count * DAY);
    if (left <= 100 && left >= free) { axis.append(make("span", { style: `left:${left}%` }, word)); free = left + 9; }
  }
  const row = (ending) => {
    const several = ending.count > 1 ? make("small", {}, ` ×\u00a0${ending.count.toLocaleString("en")}`) : null;
    const when = ending.first === undefined ? ending.state : `${date(ending.first)} ${inDays(ending.first)}`;
    const track = make("div", { class: "track" });
    if (ending.first !== undefined) track.append(make("div", { class: "bar", style: `width:${place(ending.first)}%` }));
    const spread = ending.first !== ending.last ? make("li", {}, `the last of them on ${date(ending.last)}`) : null;
    return make("details", { class: `ending ${ending.state.replaceAll(" ", "-")}` }, make("summary", {}, make("span", { class: "id" }, ending.name, several), track, make("span", { class: "when" }, when)),
      make("h3", {}, "What breaks then"), make("ul", {}, spread, ...ending.breaks.map((line) => make("li", {}, line))));
  };
  listed(at("endings"), data.endings, row, null, axis);
}

// A list of which a part is in the page.
function listed(into, all, row, empty, before) {
  let shown = 0;
  const more = make("button", { class: "more", type: "button", onclick: () => add() }, "Show more");
  const add = () => {
    more.before(...all.slice(shown, shown + STEP).map(row));
    shown = Math.min(all.length, shown + STEP);
    more.hidden = shown === all.length;
    more.textContent = `Show more (${(all.length - shown).toLocaleString("en")} left)`;
  };
  into.replaceChildren(...(before ? [before] : []), more);
  if (all.length === 0 && empty) more.before(make("p", { class: "dim" }, empty));
  add();
}
// What stands in a row is made when somebody opens it.
function item(columns, inner) {
  const details = make("details", { class: "item" }, make("summary", {}, ...columns));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(make("div", {}, ...inner())); });
  return details;
}
function later(action) {
  let waiting;
  return () => { clearTimeout(waiting); waiting = setTimeout(action, 120); };
}

const undated = (certificate) => certificate.reissued ? "reissued by the next build" : "not issued yet";
function words(certificate) {
  const list = make("dl", { class: "words" });
  const row = (name, ...value) => list.append(make("dt", {}, name), make("dd", {}, ...value));
  row("certificate", make("code", {}, certificate.id));
  row("subject", make("code", {}, certificate.subject));
  if (certificate.usages) row("usage", certificate.usages.join(", "));
  if (certificate.names) {
    row("SANs", ...certificate.names.map(([name, why]) => make("div", {}, make("code", {}, name), " ", make("small", {}, why))));
  }
  row("issuer", make("code", {}, certificate.issuer));
  row("key", certificate.key);
  row("valid", certificate.until === undefined || certificate.until === null ? `for ${certificate.validity}, ${undated(certificate)}` : `${date(certificate.from)} to ${date(certificate.until)}, ${inDays(certificate.until)}${certificate.rotated ? "; the cluster renews it on the host" : ""}`);
  return list;
}

function hostItem(host) {
  const kind = data.kinds[host.k];
  const group = data.groups[host.g];
  return item([make("span", { class: "id" }, host.n), make("span", { class: "dim" }, host.a.join(", ")), make("span", {}, group.name, host.y ? ` (away: ${host.y})` : "")], () => {
    const files = make("table", {}, make("tr", {}, ...["path", "mode and owner", "what it is", "a change restarts or reloads"].map((name) => make("th", { scope: "col" }, name))));
    files.append(...data.files[kind.files].map(([path, mode, what, units]) => make("tr", {}, make("td", {}, make("code", {}, filled(path, host))), make("td", {}, mode), make("td", {}, filled(what, host)), make("td", {}, units))));
    const connections = data.edges.filter((edge) => key(edge.from) === `group ${host.g}` && kind.components.some(([name]) => name === edge.client));
    return [
      make("h3", {}, "Components"), make("p", {}, ...kind.components.map(([name, version]) => make("span", { class: "chip" }, `${name} ${version}`))),
      make("h3", {}, "Connects to"), make("ul", {}, ...connections.map((edge) => make("li", {}, `${edge.client} (${edge.dial}) to ${edge.server} of ${placeName(edge.to)}, port ${edge.port}`))),
      make("h3", {}, "Certificates"), ...certificatesOf(host).map(words),
      make("h3", {}, "Files"), files,
    ];
  });
}
function hosts() {
  const select = at("host-group");
  select.append(make("option", { value: "" }, "all hosts"), ...data.groups.map((group, index) => make("option", { value: index }, `${group.name} (${group.hosts.toLocaleString("en")})`)));
  const texts = data.hosts.map((host) => [host.n, ...host.a, ...data.kinds[host.k].components.map(([name]) => name)].join(" ").toLowerCase());
  const show = () => {
    const wanted = at("host-search").value.trim().toLowerCase().split(/\s+/);
    const found = data.hosts.filter((host, index) => (select.value === "" || host.g === Number(select.value)) && wanted.every((word) => texts[index].includes(word)));
    at("host-count").textContent = `${found.length.toLocaleString("en")} of ${counted(data.hosts.length, "host")}`;
    listed(at("host-list"), found, hostItem, "No host has that.");
  };
  at("host-search").addEventListener("input", later(show));
  select.addEventListener("change", show);
  show();
}

let certificatesShow = null;
function certificates() {
  // Made when it is needed: there may be very many.
  let all = null;
  const select = at("certificate-issuer");
  const issuers = new Set([...data.words.flat(), ...data.others].map((one) => one.issuer));
  select.append(make("option", { value: "" }, "all issuers"), ...[...issuers].sort().map((issuer) => make("option", { value: issuer }, issuer)));
  const text = (one) => [one.id, one.subject, one.issuer, ...(one.names ?? []).map(([name]) => name)].join(" ").toLowerCase();
  const show = () => {
    all ??= [...data.others, ...data.hosts.flatMap(certificatesOf)];
    const wanted = at("certificate-search").value.trim().toLowerCase().split(/\s+/);
    const found = all.filter((one) => (select.value === "" || one.issuer === select.value) && (wanted[0] === "" || wanted.every((word) => text(one).includes(word))));
    at("certificate-count").textContent = `${found.length.toLocaleString("en")} of ${counted(all.length, "certificate")}`;
    listed(at("certificate-list"), found, (one) => item([make("span", { class: "id" }, one.id), make("span", { class: "dim" }, one.subject), make("span", {}, one.until ? date(one.until) : undated(one))], () => [words(one)]), "No certificate has that.");
  };
  at("certificate-search").addEventListener("input", later(show));
  select.addEventListener("change", show);
  certificatesShow = show;
  // The first look at the list is what makes it.
  new IntersectionObserver((seen, observer) => {
    if (seen.some((one) => one.isIntersecting)) { observer.disconnect(); if (all === null) show(); }
  }, { rootMargin: "400px" }).observe(at("certificates"));
}
function showIssued(name) {
  const select = at("certificate-issuer");
  const wanted = [...select.options].find((option) => option.value === `authority.${name}` || option.value.startsWith(`authority.${name}/`));
  select.value = wanted?.value ?? "";
  at("certificate-search").value = "";
  certificatesShow();
  at("certificates").scrollIntoView();
}

facts();
topology();
authorities();
endings();
hosts();
certificates();
