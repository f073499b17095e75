-- style.lua: how the gallery's page looks, light and dark, from a telephone to
-- a wide screen. Cards stand in rows of one height: each is as wide as its
-- picture's ratio (--r) asks for.

return [[
:root {
  color-scheme: light dark;
  --paper: #f4f2ec; --ink: #23252b; --soft: #666a73; --card: #fff; --line: #dedad0;
  --mark: #9c4726; --well: #0000000d; --shade: #2015080f;
}
:root[data-theme=light] { color-scheme: light }
:root[data-theme=dark] {
  color-scheme: dark;
  --paper: #131519; --ink: #edebe5; --soft: #a0a4ae; --card: #1c1f25; --line: #31353e;
  --mark: #e9a679; --well: #ffffff0d; --shade: #0006;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme=light]) {
    --paper: #131519; --ink: #edebe5; --soft: #a0a4ae; --card: #1c1f25; --line: #31353e;
    --mark: #e9a679; --well: #ffffff0d; --shade: #0006;
  }
}
* { box-sizing: border-box; margin: 0 }
[hidden] { display: none !important }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
header, main, .tools, footer { padding-inline: clamp(1rem, 3vw, 3rem) }
button, input, select { font: inherit; color: inherit }
button:disabled { opacity: .4; cursor: default }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }

header {
  display: flex; flex-wrap: wrap; gap: 1.25rem 3rem; align-items: end; justify-content: space-between;
  padding-block: clamp(1.25rem, 3vw, 2.75rem) 1rem
}
header > div { flex: 0 1 44rem }
h1 {
  font-size: clamp(1.9rem, 5vw, 2.7rem); line-height: 1.08; letter-spacing: -.03em; text-wrap: balance;
  overflow-wrap: anywhere
}
header p { margin-top: .7rem; color: var(--soft); text-wrap: pretty }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem }
dl div { display: flex; flex-direction: column }
dt { order: 1; color: var(--soft); font-size: .87rem }
dd { color: var(--mark); font-size: 1.6rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums }

.tools {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center;
  padding-block: .7rem; background: var(--paper); border-bottom: 1px solid var(--line)
}
.tools input, .tools select, .tools button {
  height: 2.4rem; padding: 0 .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 9px
}
.tools input { flex: 1 1 16rem; min-width: 0 }
.tools select { flex: 0 1 auto; min-width: 0; max-width: 16rem; text-overflow: ellipsis }
.tools button { cursor: pointer; white-space: nowrap }
.tools output { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap }

main { display: flex; flex-wrap: wrap; gap: 1.1rem; padding-block: 1.25rem }
main::after { content: ""; flex: 1000000 0 0; height: 0 }
figure {
  flex: calc(var(--r) * 100) 1 calc(var(--r) * 15.5rem); min-width: min(12.5rem, 100%);
  max-width: calc(var(--r) * 27rem);
  display: flex; flex-direction: column; overflow: hidden; contain: content; background: var(--card);
  border-radius: 14px; box-shadow: 0 0 0 1px var(--line), 0 8px 24px -12px var(--shade)
}
.media {
  position: relative; display: block; width: 100%; padding: 0; border: 0; background: var(--well);
  cursor: zoom-in; aspect-ratio: var(--r)
}
.media:focus-visible { outline-offset: -3px }
.media img, .media video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain }
.gone .media::after {
  content: attr(data-gone); position: absolute; inset: 0; display: grid; place-items: center;
  padding: 1rem; color: var(--soft); text-align: center
}
.gone img, .gone video { visibility: hidden }
.badge {
  position: absolute; right: .6rem; top: .6rem; padding: .1rem .55rem; border-radius: 99px;
  background: #000a; color: #fff; font-size: .78rem
}
figcaption { display: flex; flex: 1; flex-direction: column; gap: .3rem; padding: .8rem 1rem .9rem; min-width: 0 }
.top { display: flex; gap: 0 .8rem; justify-content: space-between; align-items: baseline }
b { min-width: 0; overflow: hidden; font-weight: 650; text-overflow: ellipsis; white-space: nowrap }
.label {
  flex: 0 0 auto; max-width: 50%; overflow: hidden; color: var(--mark); font-size: .82rem;
  text-align: end; text-overflow: ellipsis; white-space: nowrap
}
.prompt {
  overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; text-wrap: pretty;
  overflow-wrap: anywhere; unicode-bidi: isolate
}
small {
  margin-top: auto; padding-top: .25rem; color: var(--soft); font-size: .82rem;
  font-variant-numeric: tabular-nums
}
small a { display: block; overflow: hidden; color: inherit; text-overflow: ellipsis; white-space: nowrap }
.none { flex: 1 0 100%; padding: 4rem 1rem; color: var(--soft); text-align: center }
footer { padding-block: .5rem 2.5rem; color: var(--soft); font-size: .85rem }
kbd { padding: 0 .4em; border: 1px solid var(--line); border-radius: 5px; background: var(--card); font: inherit }

dialog {
  width: 100%; max-width: none; height: 100%; max-height: none; padding: 0; border: 0;
  background: var(--paper); color: var(--ink)
}
dialog[open] { display: grid; grid-template: 1fr / 1fr 23rem }
.stage {
  position: relative; min-width: 0; min-height: 0; display: grid; place-items: center;
  background: var(--well)
}
.stage img, .stage video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain }
.stage p { color: var(--soft); padding: 2rem; text-align: center }
aside {
  display: flex; flex-direction: column; gap: .9rem; min-height: 0; padding: 1.1rem 1.3rem; overflow: auto;
  border-left: 1px solid var(--line)
}
.row { display: flex; gap: .5rem; align-items: center }
.row span { margin-right: auto; color: var(--soft); font-variant-numeric: tabular-nums }
aside button {
  min-width: 2.4rem; height: 2.4rem; padding: 0 .8rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 9px; cursor: pointer
}
aside h2 { font-size: 1.15rem; overflow-wrap: anywhere }
aside .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate }
aside table { border-collapse: collapse; font-size: .9rem }
aside th {
  padding: .15rem 1rem .15rem 0; color: var(--soft); font-weight: 400; text-align: left;
  vertical-align: top; white-space: nowrap
}
aside td { overflow-wrap: anywhere }
aside a { color: var(--mark) }
@media (max-width: 48rem) {
  .tools { position: static }
  .tools input { flex-basis: 100% }
  .tools select, .tools button { flex: 1 1 40%; max-width: none }
  dialog[open] { grid-template: minmax(0, 1fr) auto / 1fr }
  aside { max-height: 45vh; border-left: 0; border-top: 1px solid var(--line) }
  footer { display: none }
}
@media (max-height: 30rem) { .tools { position: static } }
]]
