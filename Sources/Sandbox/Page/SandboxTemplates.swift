import Mustache

/// The page's templates. Names come from the view models in `PageModels.swift`, words from the
/// phrase tables under `t`.
enum SandboxTemplates {
    static let layout = """
        <!DOCTYPE html>
        <html lang="{{lang}}" dir="{{dir}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{$title}}{{t.sandbox.title}}{{/title}}</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <a class="skip" href="#content">{{t.sandbox.skip}}</a>
        <header>
        <p class="brand"><a href="/?lang={{lang}}">{{t.sandbox.title}}</a></p>
        <nav aria-label="{{t.sandbox.language}}">
        <ul class="languages">
        {{#languages}}<li><a href="{{.href}}" lang="{{.tag}}" hreflang="{{.tag}}"\
        {{#isCurrent}} aria-current="true"{{/isCurrent}}>{{.name}}</a></li>
        {{/languages}}</ul>
        </nav>
        </header>
        <main id="content">
        {{$main}}{{/main}}
        </main>
        </body>
        </html>
        """

    static let overview = """
        {{<layout}}{{$main}}
        <h1>{{t.sandbox.overview}}</h1>
        <p class="intro">{{t.sandbox.intro}}</p>
        <p><code dir="ltr">{{base}}</code></p>
        {{#notice}}<p class="notice" role="status">{{notice}}</p>{{/notice}}
        {{#refusal}}<p class="notice refusal" role="alert">{{refusal}}</p>{{/refusal}}
        <div class="columns">
        <section aria-labelledby="lists">
        <h2 id="lists">{{t.sandbox.lists}}</h2>
        <div class="scroll"><table>
        <thead><tr><th scope="col" class="number">{{t.sandbox.number}}</th>\
        <th scope="col">{{t.sandbox.list}}</th>\
        <th scope="col" class="number">{{t.sandbox.active}}</th>\
        <th scope="col" class="number">{{t.sandbox.unsubscribed}}</th>\
        <th scope="col" class="number">{{t.sandbox.bounced}}</th></tr></thead>
        <tbody>
        {{#lists}}<tr><td class="number">{{.id}}</td>\
        <th scope="row"><a href="{{.href}}"><bdi>{{.name}}</bdi></a></th>\
        <td class="number">{{.active}}</td><td class="number">{{.unsubscribed}}</td>\
        <td class="number">{{.bounced}}</td></tr>
        {{/lists}}</tbody>
        </table></div>
        <p><a class="button" href="/contacts?lang={{lang}}">{{t.sandbox.allContacts}}</a>
        {{contactCount}}</p>
        </section>
        <section aria-labelledby="limits">
        <h2 id="limits">{{t.sandbox.limits}}</h2>
        <dl class="limits">
        {{#limits}}<div><dt>{{.name}}</dt><dd>{{.value}}</dd>\
        {{#hasBar}}<meter min="0" max="{{.max}}" value="{{.used}}" aria-hidden="true"></meter>\
        {{/hasBar}}</div>
        {{/limits}}</dl>
        <h2>{{t.sandbox.violations}}</h2>
        {{#hasViolations}}<dl class="limits">
        {{#violations}}<div><dt>{{.name}}</dt><dd>{{.value}}</dd></div>
        {{/violations}}</dl>{{/hasViolations}}
        {{^hasViolations}}<p class="quiet">{{t.sandbox.noViolations}}</p>{{/hasViolations}}
        </section>
        </div>
        <section aria-labelledby="requests">
        <div class="heading"><h2 id="requests">{{t.sandbox.requests}}</h2>\
        <a class="button" href="/?lang={{lang}}#requests">{{t.sandbox.refresh}}</a></div>
        {{#hasRequests}}<div class="scroll"><table>
        <thead><tr><th scope="col" class="number">{{t.sandbox.number}}</th>\
        <th scope="col">{{t.sandbox.status}}</th><th scope="col">{{t.sandbox.method}}</th>\
        <th scope="col">{{t.sandbox.path}}</th>\
        <th scope="col" class="number">{{t.sandbox.milliseconds}}</th></tr></thead>
        <tbody>
        {{#requests}}<tr><td class="number">{{.number}}</td>\
        <td><span class="{{.kind}}">{{.status}}</span></td>\
        <td><code dir="ltr">{{.method}}</code></td><td><code dir="ltr">{{.path}}</code></td>\
        <td class="number">{{.milliseconds}}</td></tr>
        {{/requests}}</tbody>
        </table></div>{{/hasRequests}}
        {{^hasRequests}}<p class="quiet">{{t.sandbox.noRequests}}</p>{{/hasRequests}}
        </section>
        <section aria-labelledby="knobs">
        <h2 id="knobs">{{t.sandbox.knobs}}</h2>
        <p class="intro">{{t.sandbox.knobsIntro}}</p>
        <form method="post" action="/knobs?lang={{lang}}">
        {{#knobGroups}}<fieldset><legend>{{.title}}</legend><div class="knobs">
        {{#knobs}}<div class="knob"><label for="{{.name}}">{{.label}}</label>
        {{#isChoice}}<select id="{{.name}}" name="{{.name}}">
        {{#options}}<option value="{{.value}}"{{#isSelected}} selected{{/isSelected}}>\
        {{.text}}</option>
        {{/options}}</select>{{/isChoice}}{{^isChoice}}\
        <input id="{{.name}}" name="{{.name}}" value="{{.value}}" \
        inputmode="{{.keyboard}}" dir="ltr" autocomplete="off">{{/isChoice}}
        <code dir="ltr">--{{.name}}</code></div>
        {{/knobs}}</div></fieldset>
        {{/knobGroups}}<p><button>{{t.sandbox.apply}}</button></p>
        </form>
        <form method="post" action="/reset?lang={{lang}}">
        <p><button class="plain">{{t.sandbox.reset}}</button></p>
        </form>
        </section>
        {{/main}}{{/layout}}
        """

    static let contacts = """
        {{<layout}}{{$title}}{{t.sandbox.contacts}}{{/title}}{{$main}}
        <p><a href="/?lang={{lang}}">{{t.sandbox.back}}</a></p>
        <h1>{{t.sandbox.contacts}}{{#listName}}: <bdi>{{listName}}</bdi>{{/listName}}</h1>
        <form class="search" method="get" action="/contacts" role="search">
        <input type="hidden" name="lang" value="{{lang}}">
        {{#list}}<input type="hidden" name="list" value="{{list}}">{{/list}}
        <label for="search">{{t.sandbox.search}}</label>
        <input id="search" name="search" value="{{search}}" dir="auto" autocomplete="off">
        <button>{{t.sandbox.find}}</button>
        </form>
        <p>{{count}}</p>
        {{#hasContacts}}<div class="scroll"><table>
        <thead><tr><th scope="col" class="number">{{t.sandbox.number}}</th>\
        <th scope="col">{{t.sandbox.address}}</th><th scope="col">{{t.sandbox.name}}</th>\
        <th scope="col">{{t.sandbox.phone}}</th>\
        <th scope="col">{{t.sandbox.updated}}</th></tr></thead>
        <tbody>
        {{#contacts}}<tr><td class="number">{{.id}}</td>\
        <th scope="row" class="address">\
        <a href="{{.href}}"><bdi dir="ltr">{{.email}}</bdi></a></th>\
        <td><bdi>{{.name}}</bdi></td><td class="phone"><bdi dir="ltr">{{.phone}}</bdi></td>\
        <td class="date">{{.updated}}</td></tr>
        {{/contacts}}</tbody>
        </table></div>{{/hasContacts}}
        {{^hasContacts}}<p class="quiet">{{emptyText}}</p>{{/hasContacts}}
        <nav class="pages" aria-label="{{t.sandbox.contacts}}">
        {{#previous}}<a class="button" href="{{previous}}" rel="prev">{{t.sandbox.previous}}</a>\
        {{/previous}}
        {{#next}}<a class="button" href="{{next}}" rel="next">{{t.sandbox.next}}</a>{{/next}}
        </nav>
        {{/main}}{{/layout}}
        """

    static let contact = """
        {{<layout}}{{$title}}{{email}}{{/title}}{{$main}}
        <p><a href="/contacts?lang={{lang}}">{{t.sandbox.allContacts}}</a></p>
        <h1><bdi dir="ltr">{{email}}</bdi></h1>
        <dl class="facts">
        <div><dt>{{t.sandbox.number}}</dt><dd>{{id}}</dd></div>
        <div><dt>{{t.sandbox.name}}</dt><dd><bdi>{{name}}</bdi></dd></div>
        <div><dt>{{t.sandbox.phone}}</dt><dd><bdi dir="ltr">{{phone}}</bdi></dd></div>
        <div><dt>{{t.sandbox.created}}</dt><dd>{{created}}</dd></div>
        <div><dt>{{t.sandbox.updated}}</dt><dd>{{updated}}</dd></div>
        </dl>
        <div class="columns">
        <section aria-labelledby="lists">
        <h2 id="lists">{{t.sandbox.lists}}</h2>
        {{#hasLists}}<div class="scroll"><table>
        <thead><tr><th scope="col">{{t.sandbox.list}}</th><th scope="col">{{t.sandbox.status}}</th>\
        <th scope="col">{{t.sandbox.updated}}</th></tr></thead>
        <tbody>
        {{#lists}}<tr><th scope="row"><bdi>{{.name}}</bdi></th>\
        <td>{{.status}}{{#note}}<br><small>{{note}}</small>{{/note}}</td>\
        <td class="date">{{.updated}}</td></tr>
        {{/lists}}</tbody>
        </table></div>{{/hasLists}}{{^hasLists}}<p class="quiet">{{t.sandbox.none}}</p>{{/hasLists}}
        <h2>{{t.sandbox.tags}}</h2>
        {{#hasTags}}<ul class="tags">
        {{#tags}}<li><bdi>{{.}}</bdi></li>
        {{/tags}}</ul>{{/hasTags}}{{^hasTags}}<p class="quiet">{{t.sandbox.none}}</p>{{/hasTags}}
        </section>
        <section aria-labelledby="fields">
        <h2 id="fields">{{t.sandbox.fields}}</h2>
        {{#hasFields}}<div class="scroll"><table>
        <thead><tr><th scope="col">{{t.sandbox.field}}</th><th scope="col">{{t.sandbox.value}}</th>\
        <th scope="col">{{t.sandbox.updated}}</th></tr></thead>
        <tbody>
        {{#fields}}<tr><th scope="row"><bdi>{{.name}}</bdi></th><td><bdi>{{.value}}</bdi></td>\
        <td class="date">{{.updated}}</td></tr>
        {{/fields}}</tbody>
        </table></div>{{/hasFields}}\
        {{^hasFields}}<p class="quiet">{{t.sandbox.none}}</p>{{/hasFields}}
        </section>
        </div>
        {{/main}}{{/layout}}
        """

    static let missing = """
        {{<layout}}{{$main}}
        <h1>{{t.sandbox.notFound}}</h1>
        <p><a href="/?lang={{lang}}">{{t.sandbox.back}}</a></p>
        {{/main}}{{/layout}}
        """

    /// All templates, parsed once.
    static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        let texts = [
            "layout": layout, "overview": overview, "contacts": contacts, "contact": contact,
            "missing": missing,
        ]
        for (name, text) in texts {
            do {
                try library.register(text, named: name)
            } catch {
                // The templates are part of the program and a test renders every one of them.
                preconditionFailure("The template '\(name)' cannot be parsed: \(error)")
            }
        }
        return library
    }()
}
