/* What axe does not look at. Each question is answered with sentences; a page that is right gives none. */
globalThis.judge = (() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".trap");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const name = (element) => element.outerHTML.slice(0, 120);
  const style = (element) => getComputedStyle(element);

  const FIELDS = "input:not([type=checkbox], [type=radio], [type=color], [type=range]), textarea, select";
  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

  // Colours in whatever notation, as red, green, blue and alpha.
  const rgba = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(style(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba("white");
  };
  // Relative luminance and contrast, as WCAG 2.2 defines them.
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  /* One heading says what the page is, its parts are where they are looked for, and the keyboard may skip the rest. */
  function* parts() {
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) yield `${headings} elements h1`;
    for (const landmark of ["main", "body > header", "body > footer"]) {
      if (all(landmark).length !== 1) yield `${all(landmark).length} landmarks ${landmark}`;
    }
    const first = document.querySelector(STOPS);
    if (!first.matches("a[href='#content']")) yield `the keyboard stops first at ${name(first)}`;
  }

  /* 3.3.1: what is wrong with a field is tied to it, and listed at the top of its form with a link to it. */
  function* errors() {
    for (const field of all("[aria-invalid=true]")) {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
      const words = ids.map((id) => document.getElementById(id)).filter((element) => element?.matches(".field-errors"));
      if (!words.some(shown)) yield `no error is tied to ${name(field)}`;
      if (!document.querySelector(`[role=alert] a[href='#${field.id}']`)) yield `no summary leads to ${name(field)}`;
    }
    for (const list of all(".field-errors")) {
      const tied = document.querySelector(`[aria-describedby~='${list.id}']`);
      if (!tied && !list.closest("[role=alert]")) yield `nobody hears ${name(list)}`;
    }
  }

  /* 1.4.11: the edge of a field stands out from what it stands on. */
  function* edges() {
    for (const field of all(FIELDS)) {
      const { borderBlockEndColor, borderBlockEndStyle } = style(field);
      const edge = contrast(rgba(borderBlockEndColor), ground(field.parentElement));
      if (borderBlockEndStyle === "none" || edge < 3) yield `an edge of ${edge.toFixed(2)}:1 around ${name(field)}`;
    }
  }

  /* 2.3.3: who asks for no motion gets none. */
  function* motion() {
    if (style(document.documentElement).scrollBehavior === "smooth") yield "the page scrolls by itself";
    for (const element of all("body, body *")) {
      const { transitionDuration, animationName, animationDuration } = style(element);
      const seconds = Math.max(...`${transitionDuration},${animationName === "none" ? "0s" : animationDuration}`.split(",").map(parseFloat));
      if (seconds > 0.01) yield `${seconds} seconds of motion in ${name(element)}`;
    }
  }

  /* 1.4.10: nothing is wider than the window. */
  function* width() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return;
    const fromRight = style(document.documentElement).direction === "rtl";
    const reach = (element) => (fromRight ? -element.getBoundingClientRect().left : element.getBoundingClientRect().right + Math.max(0, element.scrollWidth - element.clientWidth));
    const widest = all("body *").sort((a, b) => reach(a) - reach(b)).at(-1);
    yield `${scrollWidth - clientWidth} pixels wider than ${clientWidth}: ${name(widest)}`;
  }

  /* 1.4.12: with more room between letters, words and lines, nothing is cut off. */
  function* spacing() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
    document.adoptedStyleSheets.push(sheet);
    yield* width();
    for (const element of all("body *:not(.visually-hidden, .skip-link, textarea, input, select, img, svg, svg *)")) {
      const { overflowY } = style(element);
      const cut = ["hidden", "clip"].includes(overflowY) && element.scrollHeight > element.clientHeight + 1;
      if (cut) yield `something is cut off in ${name(element)}`;
    }
    document.adoptedStyleSheets.pop();
  }

  /* 2.4.7, 2.4.11 and 2.4.13: where the keyboard is can be seen. Nothing is said when it has left the page. */
  function* focus() {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth, outlineColor } = style(element);
    const ring = contrast(rgba(outlineColor), ground(element.parentElement));
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) yield `no ring around ${name(element)}`;
    else if (ring < 3) yield `a ring of ${ring.toFixed(2)}:1 around ${name(element)}`;
    const box = element.getBoundingClientRect();
    const seen = box.width > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    if (!seen) yield `out of sight: ${name(element)}`;
  }

  /* However its words run, a column of a table is one: its cells share an edge, or their middle. */
  function* columns() {
    const box = (cell) => {
      const words = document.createRange();
      words.selectNodeContents(cell);
      return words.getBoundingClientRect();
    };
    for (const table of all(".prose table")) {
      const rows = Array.from(table.rows, ({ cells }) => Array.from(cells, box));
      for (const number of rows[0].keys()) {
        const boxes = rows.map((row) => row[number]).filter(({ width }) => width);
        const edges = [({ left }) => left, ({ right }) => right, ({ left, right }) => (left + right) / 2];
        const isShared = (edge) => Math.max(...boxes.map(edge)) - Math.min(...boxes.map(edge)) < 1;
        if (!edges.some(isShared)) yield `column ${number + 1} falls apart in ${name(table)}`;
      }
    }
  }

  /* In colours of the reader's own, backgrounds are gone: what is pressed or filled in has an edge, or a line like a link. */
  function* forced() {
    for (const element of all(`${FIELDS}, button`)) {
      const { borderBlockEndStyle, borderBlockEndWidth, textDecorationLine } = style(element);
      const hasEdge = borderBlockEndStyle !== "none" && parseFloat(borderBlockEndWidth) >= 1;
      if (!hasEdge && textDecorationLine !== "underline") yield `no edge around ${name(element)}`;
    }
  }

  const questions = { parts, errors, edges, motion, width, spacing, columns, focus, forced };
  return (...asked) => asked.flatMap((question) => [...questions[question]()]);
})();
