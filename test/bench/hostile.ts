const fill = (unit: string, size: number) => unit.repeat(Math.floor(size / unit.length));
const numbered = (length: number) => Array.from({ length }, (_, index) => `a${index}=""`).join(' ');
const inside = (unit: string, size: number) => `<a>${fill(unit, size)}</a>`;

/** Documents made to keep a parser busy, of about `size` characters each. */
export const hostileDocuments = (size: number): Readonly<Record<string, string>> => ({
  brackets: fill('<', size),
  'open elements': fill('<a>', size),
  'empty elements': inside('<b/>', size),
  'elements with types': inside('<b xsi:type="xsd:string" xsi:nil="false"/>', size),
  'mixed content': inside('x<b/>', size),
  'many attributes': `<a ${numbered(size / 12)}/>`,
  'many attributes each': inside(`<b ${numbered(60)}/>`, size),
  'one attribute': `<a b="${fill('\n', size)}"/>`,
  'tabs in an attribute': `<a b="${fill('\t', size)}"/>`,
  'one name': `<${fill('a', size)}/>`,
  text: inside('x', size),
  'line ends': inside('\r', size),
  'line ends in pairs': inside('\r\n', size),
  references: inside('&#x1F986;', size),
  sections: inside('<![CDATA[x]]>', size),
  'brackets in a section': `<a><![CDATA[${fill(']', size)}]]></a>`,
  comments: inside('<!---->', size),
  'hyphens in a comment': `<a><!--${fill('- ', size)}--></a>`,
  instructions: inside('<?b?>', size),
  'an instruction': `<a><?b ${fill('?', size)}?></a>`,
  entities: `<!DOCTYPE a [${fill('<!ENTITY b "&c;&c;">', size)}]><a>&b;</a>`,
  'spaces in front': `${fill(' ', size)}<a/>`,
});
