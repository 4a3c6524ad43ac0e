/// The page's one style sheet: light and dark, from 360 pixels up, for both directions of writing.
enum SandboxStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --paper: light-dark(#ffffff, #14181d);
          --panel: light-dark(#f5f7f9, #1c2229);
          --ink: light-dark(#1a222b, #e6eaee);
          --quiet: light-dark(#55616d, #9aa7b3);
          --line: light-dark(#d9dfe5, #323b45);
          --accent: light-dark(#0b5cad, #7ab8f5);
          --on-accent: light-dark(#ffffff, #0d1a26);
          --good: light-dark(#17693a, #7fd3a1);
          --bad: light-dark(#a3261b, #ff9c8f);
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, sans-serif;
        }
        a { color: var(--accent); }
        a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible {
          outline: 2px solid var(--accent); outline-offset: 2px;
        }
        .skip { position: absolute; inset-block-start: -4rem; inset-inline-start: 1rem; }
        .skip:focus { inset-block-start: .5rem; background: var(--paper); padding: .25rem .5rem; }
        header {
          display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline;
          justify-content: space-between; padding: .75rem clamp(1rem, 4vw, 2.5rem);
          border-block-end: 1px solid var(--line); background: var(--panel);
        }
        .brand { margin: 0; font-weight: 650; }
        .brand a { color: inherit; text-decoration: none; }
        .languages {
          display: flex; flex-wrap: wrap; gap: .1rem .9rem; list-style: none; margin: 0; padding: 0;
          font-size: .9rem;
        }
        .languages a { display: inline-block; padding-block: .2rem; }
        .languages a[aria-current] { color: inherit; font-weight: 650; text-decoration: none; }
        main { max-width: 76rem; margin-inline: auto; padding: 1rem clamp(1rem, 4vw, 2.5rem) 3rem; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin-block: .5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin-block: 1.5rem .5rem; }
        .intro { max-width: 44rem; margin-block: .25rem .75rem; color: var(--quiet); }
        .quiet, small { color: var(--quiet); }
        .notice {
          padding: .6rem .9rem; border-inline-start: .3rem solid var(--good);
          background: var(--panel); max-width: 44rem;
        }
        .refusal { border-color: var(--bad); }
        .columns { display: grid; gap: 0 2.5rem; }
        .columns > * { min-width: 0; }
        @media (min-width: 60rem) { .columns { grid-template-columns: 3fr 2fr; } }
        .heading { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        th, td {
          padding-block: .4rem; padding-inline: 0 .75rem; text-align: start;
          vertical-align: top; border-block-end: 1px solid var(--line);
        }
        thead th { color: var(--quiet); font-weight: 500; font-size: .85rem; }
        tbody th { font-weight: inherit; overflow-wrap: anywhere; min-width: 6rem; }
        .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.number:first-child, th.number:first-child { width: 1%; text-align: start; }
        .phone { white-space: nowrap; }
        tbody th.address { min-width: 15rem; }
        .date { white-space: nowrap; color: var(--quiet); font-variant-numeric: tabular-nums; }
        code { font-family: ui-monospace, monospace; font-size: .88em; }
        .fine { color: var(--good); }
        .wrong { color: var(--bad); font-weight: 600; }
        .limits, .facts { margin: 0; }
        .limits > div {
          display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding-block: .4rem;
          border-block-end: 1px solid var(--line);
        }
        .limits dd { margin: 0; font-variant-numeric: tabular-nums; white-space: nowrap; }
        meter { grid-column: 1 / -1; width: 100%; height: .5rem; }
        .facts {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem;
        }
        .facts dt { color: var(--quiet); font-size: .85rem; }
        .facts dd { margin: 0; overflow-wrap: anywhere; }
        .tags {
          display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0; padding: 0;
        }
        .tags li {
          background: var(--panel); border: 1px solid var(--line); border-radius: 1rem;
          padding: .1rem .7rem;
        }
        fieldset {
          border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 1rem;
          padding: .5rem 1rem 1rem; min-width: 0;
        }
        legend { font-weight: 600; padding-inline: .4rem; }
        .knobs {
          display: grid; gap: 1rem 1.5rem;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr));
        }
        .knob { display: flex; flex-direction: column; justify-content: end; gap: .2rem; }
        .knob label { font-size: .92rem; line-height: 1.3; }
        .knob code { color: var(--quiet); font-size: .78rem; }
        .knob code { align-self: start; }
        input, select, button, .button {
          font: inherit; color: inherit; padding: .4rem .6rem; border: 1px solid var(--line);
          border-radius: .35rem; background: var(--paper); min-height: 2.5rem; max-width: 100%;
        }
        button, .button {
          display: inline-block; background: var(--accent); color: var(--on-accent);
          border-color: transparent; padding-inline: 1rem; cursor: pointer; text-decoration: none;
        }
        .button, button.plain {
          background: transparent; color: var(--accent); border-color: var(--line);
        }
        .search {
          display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-block: 1rem;
        }
        .search label { flex-basis: 100%; }
        .search input[name="search"] { flex: 1 1 14rem; max-width: 30rem; }
        .pages { display: flex; gap: .75rem; margin-block: 1rem; }
        """
}
