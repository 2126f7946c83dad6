const fill = (unit: string, size: number) => unit.repeat(Math.floor(size / unit.length));
const inside = (unit: string, size: number) => `<a>${fill(unit, size)}</a>`;

/** Documents that want to keep a reader busy, of about this many characters each. */
export const hostileDocuments = (size: number): Readonly<Record<string, string>> => ({
  brackets: fill('<', size),
  'open elements': fill('<a>', size),
  'empty elements': inside('<b/>', size),
  'elements with types': inside('<b xsi:type="xsd:string" xsi:nil="false"/>', size),
  'mixed content': inside('x<b/>', size),
  'many attributes': `<a ${Array.from({ length: size / 12 }, (_, index) => `a${index}=""`).join(' ')}/>`,
  'one attribute': `<a b="${fill('\n', size)}"/>`,
  'one name': `<${fill('a', size)}/>`,
  text: inside('x', size),
  'line ends': inside('\r', size),
  references: inside('&#x1F986;', size),
  sections: inside('<![CDATA[x]]>', size),
  'brackets in a section': `<a><![CDATA[${fill(']', size)}]]></a>`,
  comments: inside('<!---->', size),
  instructions: inside('<?b?>', size),
  entities: `<!DOCTYPE a [${fill('<!ENTITY b "&c;&c;">', size)}]><a>&b;</a>`,
  'spaces in front': `${fill(' ', size)}<a/>`,
});
