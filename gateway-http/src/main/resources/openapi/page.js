// Shows the routes of /openapi.json and sends requests to this server. Whatever comes from the server is put in as
// text, never as HTML.
'use strict';

let api;

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function resolve(schema) {
  let found = schema;
  while (found.$ref) {
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce((at, step) => at[step], api);
  }
  return found;
}

// One schema of several that hold together, and without null.
function merged(schema) {
  const found = resolve(schema);
  if (found.anyOf) return merged(found.anyOf[0]);
  if (!found.allOf) return found;
  const all = { properties: {}, required: [] };
  for (const part of found.allOf.map(merged)) {
    Object.assign(all, part, {
      properties: Object.assign({}, all.properties, withMore(all.properties, part.properties || {})),
      required: all.required.concat(part.required || []),
    });
  }
  return all;
}

function withMore(before, more) {
  const both = {};
  for (const [name, schema] of Object.entries(more)) {
    both[name] = before[name] ? { allOf: [before[name], schema] } : schema;
  }
  return both;
}

function typeOf(schema) {
  const found = merged(schema);
  const type = [].concat(found.type || (found.properties ? 'object' : 'any')).filter((one) => one !== 'null')[0];
  if (type === 'array') return `list of ${typeOf(found.items || {})}`;
  return found.format ? `${type} (${found.format})` : type;
}

function example(schema, depth) {
  const found = merged(schema);
  if (found.enum) return found.enum[0];
  const type = [].concat(found.type || (found.properties ? 'object' : 'string'))[0];
  switch (type) {
    case 'object': {
      const value = {};
      if (depth < 5) {
        for (const [name, property] of Object.entries(found.properties || {})) value[name] = example(property, depth + 1);
      }
      return value;
    }
    case 'array':
      return found.minItems && depth < 5 ? [example(found.items || {}, depth + 1)] : [];
    case 'integer':
    case 'number':
      return found.minimum > 0 ? found.minimum : 0;
    case 'boolean':
      return false;
    default:
      return '';
  }
}

function limits(schema) {
  const found = merged(schema);
  const said = [];
  for (const key of ['minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum', 'uniqueItems']) {
    if (found[key] !== undefined) said.push(`${key} ${found[key]}`);
  }
  if (found.enum) said.push(`one of ${found.enum.join(', ')}`);
  if (found.description) said.push(found.description);
  return said.join('; ');
}

function fields(schema, parent) {
  const found = merged(schema);
  const names = Object.keys(found.properties || {});
  if (!names.length) return;
  const table = element('table', undefined, parent);
  const head = element('tr', undefined, table);
  for (const title of ['field', 'type', 'needed', 'limits']) element('th', title, head);
  for (const name of names) {
    const row = element('tr', undefined, table);
    element('td', name, row);
    element('td', typeOf(found.properties[name]), row);
    element('td', (found.required || []).includes(name) ? 'yes' : '', row);
    element('td', limits(found.properties[name]), row);
  }
}

// Indents JSON without reading its numbers, which may be larger than JavaScript keeps exactly.
function pretty(json) {
  let out = '';
  let depth = 0;
  let quoted = false;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (let i = 0; i < json.length; i += 1) {
    const letter = json[i];
    if (quoted) {
      out += letter;
      if (letter === '\\') {
        i += 1;
        out += json[i];
      } else if (letter === '"') {
        quoted = false;
      }
    } else if (letter === '{' || letter === '[') {
      depth += 1;
      out += letter + line();
    } else if (letter === '}' || letter === ']') {
      depth -= 1;
      out += line() + letter;
    } else if (letter === ',') {
      out += letter + line();
    } else {
      out += letter === ':' ? ': ' : letter;
      quoted = letter === '"';
    }
  }
  return out;
}

async function send(path, operation, body, out) {
  out.textContent = '…';
  const headers = { operationID: crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) };
  const token = document.getElementById('token').value;
  if (token && !operation.security) headers.token = token;
  try {
    const answer = await fetch(path, { method: 'POST', headers, body, credentials: 'omit', redirect: 'error' });
    const text = await answer.text();
    const shown = text.startsWith('{') ? pretty(text) : text;
    out.textContent = `HTTP ${answer.status}, operationID ${headers.operationID}\n${shown}`;
  } catch (failure) {
    out.textContent = String(failure);
  }
}

function fill(path, operation, place) {
  element('p', operation.description, place);
  const schema = operation.requestBody.content['application/json'].schema;
  fields(schema, place);
  const input = element('textarea', JSON.stringify(example(schema, 0), null, 2), element('p', undefined, place));
  input.spellcheck = false;
  input.setAttribute('aria-label', `body of ${path}`);
  const button = element('button', 'Send', element('p', undefined, place));
  const out = element('pre', 'no answer yet', place);
  button.addEventListener('click', () => send(path, operation, input.value, out));
}

function show(routes) {
  routes.textContent = '';
  for (const tag of api.tags) {
    const section = element('section', undefined, routes);
    element('h2', tag.name, section);
    for (const [path, verbs] of Object.entries(api.paths)) {
      const operation = verbs.post;
      if (!operation || operation.tags[0] !== tag.name) continue;
      const details = element('details', undefined, section);
      details.dataset.find = `${path} ${operation.description}`.toLowerCase();
      element('summary', path, details);
      details.addEventListener(
        'toggle',
        () => {
          fill(path, operation, element('div', undefined, details));
        },
        { once: true },
      );
    }
  }
}

document.getElementById('find').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const section of document.querySelectorAll('section')) {
    let any = false;
    for (const details of section.querySelectorAll('details')) {
      details.hidden = !details.dataset.find.includes(wanted);
      any = any || !details.hidden;
    }
    section.hidden = !any;
  }
});

(async () => {
  const routes = document.getElementById('routes');
  try {
    api = await (await fetch('../openapi.json', { credentials: 'omit' })).json();
    show(routes);
  } catch (failure) {
    routes.textContent = `openapi.json cannot be read: ${failure}`;
  }
})();
