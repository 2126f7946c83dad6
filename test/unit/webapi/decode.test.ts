import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../functions/webapi/decode.ts';
import { DOCUMENT_LITERAL } from '../../../functions/webapi/dialect.ts';
import { fieldType } from '../../../functions/webapi/schema.ts';
import { isXmlText, parseXml } from '../../../functions/webapi/xml.ts';

const MEGABYTE = 1024 * 1024;
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const decoder = new Decoder(DOCUMENT_LITERAL);
const FIELDS = {
  id: 'long',
  text: 'string',
  flag: 'boolean',
  perhaps: 'long?',
  spare: 'int~',
  ignored: 'float-',
  list: 'long[]?',
} as const;
const FULL = '<id>1</id><text>t</text><flag>true</flag><ignored>x</ignored>';
const read = (content: string) => decoder.fields(FIELDS, parseXml(`<r ${XSI}>${content}</r>`));
const swap = (from: string, to: string) => FULL.replace(from, to);

describe('fields', () => {
  it('are read in any order, with strangers among them', () => {
    const content = `<stranger><id>9</id></stranger><flag>0</flag><text> ą <![CDATA[<&]]>&#x1F986; </text><id> 7 </id>`;
    expect(read(content)).toEqual({
      id: '7',
      text: ' ą <&🦆 ',
      flag: false,
      perhaps: undefined,
      spare: undefined,
      list: [],
    });
  });

  it.each([
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['+007', '7'],
    ['-0', '0'],
    ['4294967297', '4294967297'],
  ])('read the whole number %s as %s', (text, value) => {
    expect(read(swap('>1<', `>${text}<`)).id).toBe(value);
  });

  it.each([
    ['id: missing', swap('<id>1</id>', '')],
    ['id: missing', swap('<id>1</id>', '<id/>')],
    ['id: missing', swap('<id>', '<id xsi:nil="true">')],
    ['text: missing', swap('<text>t</text>', '')],
    ['id: more than once', `${FULL}<id>2</id>`],
    ['id: not a whole number', swap('>1<', '>1.0<')],
    ['id: not a whole number', swap('>1<', '>1 2<')],
    ['id: more than 64 bits', swap('>1<', '>9223372036854775808<')],
    ['flag: neither true nor false', swap('true', 'yes')],
    ['text: not a plain value', swap('>t<', '><b/><')],
    ['list[1]: not a whole number', `${FULL}<list><item>1</item><item>x</item></list>`],
    ['list: not a list', `${FULL}<list><id>1</id></list>`],
    ['list: not a list', `${FULL}<list>1</list>`],
    ['list: more than once', `${FULL}<list/><list/>`],
    ['perhaps: not a whole number', `${FULL}<perhaps>x</perhaps>`],
    ['spare: not a whole number', `${FULL}<spare>x</spare>`],
  ])('are refused with %s', (message, content) => {
    expect(() => read(content)).toThrow(message);
  });

  it('take nil text as empty', () => {
    expect(read(swap('<text>t', '<text xsi:nil="1">')).text).toBe('');
  });

  it.each([
    ['missing', ''],
    ['empty', '<list/>'],
    ['nil', '<list xsi:nil="true"/>'],
    ['of a nil item', '<list><item xsi:nil="true"/></list>'],
  ])('that are lists, %s, are empty', (_, content) => {
    expect(read(FULL + content).list).toEqual([]);
  });

  it('that are a structure may be empty, if all that it holds may be missing', () => {
    const lists = { filledPostBuyForms: 'FilledPostBuyFormsStruct' } as const;
    const empty = parseXml('<r><filledPostBuyForms/></r>');
    expect(decoder.fields(lists, empty)).toEqual({ filledPostBuyForms: { transactionIds: [] } });
    const counts = { siteJournalInfo: 'SiteJournalInfo' } as const;
    expect(() => decoder.fields(counts, parseXml('<r><siteJournalInfo/></r>'))).toThrow(
      'siteJournalInfo.itemsNumber: missing',
    );
  });

  it('that are lists may have one item', () => {
    expect(read(`${FULL}<list><item>5</item></list>`).list).toEqual(['5']);
  });

  it.each([
    ['list: not a list', '<list><id>1</id></list>'],
    ['list: more than once', '<list><item/></list><list><item/></list>'],
  ])('of a list that is taken item by item are refused with %s', (message, content) => {
    expect(() => decoder.items(parseXml(`<r>${content}</r>`), 'list')).toThrow(message);
  });

  it('have types that are spelt right', () => {
    expect(() => fieldType('long[]!')).toThrow(TypeError);
  });
});

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');

describe('documents', () => {
  const quickly = (text: string) => {
    const start = performance.now();
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ name: 'WireError' }));
    expect(performance.now() - start).toBeLessThan(1_000);
  };

  it.each([
    ['nothing', ''],
    ['a megabyte of brackets', '<'.repeat(1_000_000)],
    ['blocks of open elements', '<a><'.repeat(20_000)],
    ['deep nesting', '<a>'.repeat(100_000)],
    ['very many elements', `<a>${'<b/>'.repeat(400_000)}</a>`],
    ['an element of very many attributes', `<a ${numbered(100_000)}/>`],
    ['a document type far down', `${' '.repeat(2_000)}<!DOCTYPE a><a/>`],
    ['entities that grow', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'],
    ['entities from elsewhere', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'],
    ['an entity that nobody declared', '<a>&nbsp;</a>'],
    ['a control character', '<a>&#1;</a>'],
    ['two roots', '<a/><b/>'],
    ['an end too early', '<a><b></b>'],
  ])('of %s end quickly', (_, text) => {
    quickly(text);
  });

  it.each([
    ['returns', '\r'.repeat(MEGABYTE)],
    ['sections', '<![CDATA[x]]>'.repeat(100_000)],
    ['brackets', `<![CDATA[${']'.repeat(MEGABYTE)}]]>`],
    ['comments', '<!-- - -->'.repeat(100_000)],
    ['references', '&#x1F986;'.repeat(100_000)],
  ])('with very many %s are read quickly', (_, content) => {
    const start = performance.now();
    expect(parseXml(`<a>${content}</a>`).children).toEqual([]);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('may speak of document types', () => {
    expect(parseXml('<a><![CDATA[<!DOCTYPE html>]]></a>').text).toBe('<!DOCTYPE html>');
  });

  it('have one kind of line end', () => {
    expect(parseXml('<a>1\r\n2\r3\n4&#13;</a>').text).toBe('1\n2\n3\n4\r');
    expect(parseXml('<a>\r\r\nż\n\r🦆\r</a>').text).toBe('\n\nż\n\n🦆\n');
  });

  it('name no contents in their errors', () => {
    expect(() => parseXml('<secret><other></secret>')).toThrow(/^not well-formed XML$/);
  });
});

describe('text for XML', () => {
  it.each(['zażółć 🦆\t\r\n', '\u{10FFFF}'])('may be %j', (text) => {
    expect(isXmlText(text)).toBe(true);
  });

  it.each(['\0', '\u001f', '\ud800', '\uffff'])('may not be %j', (text) => {
    expect(isXmlText(text)).toBe(false);
  });
});
