"""The functions that a proxy auto-configuration file may call, in JavaScript, with nothing of this computer behind them.

Names and meaning: Netscape's "Navigator Proxy Auto-Config File Format" (1996), as MDN describes it today. No lookup is made: what
``dnsResolve`` knows is handed in, and which other names were asked for is noted. ``__world`` is set before: ``own`` (an address
of this computer), ``names`` (name -> IPv4 address, null: it has none) and ``asked`` (a list).
"""

from typing import Final

SOURCE: Final = r"""
function isPlainHostName(host) { return String(host).indexOf('.') < 0; }
function dnsDomainIs(host, domain) { return String(host).endsWith(String(domain)); }
function localHostOrDomainIs(host, whole) { return host === whole || String(whole).startsWith(host + '.'); }
function dnsDomainLevels(host) { return String(host).split('.').length - 1; }
function isResolvable(host) { return dnsResolve(host) !== null; }
function myIpAddress() { return __world.own; }
function myIpAddressEx() { return __world.own; }
function alert() {}

function convert_addr(text) {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(String(text));
  if (parts === null || parts.slice(1).some(part => part > 255)) return null;
  return parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

function dnsResolve(host) {
  if (host === null || host === undefined) return null;
  const name = String(host).toLowerCase();
  if (convert_addr(name) !== null) return name;
  if (Object.prototype.hasOwnProperty.call(__world.names, name)) return __world.names[name];
  const wanted = name.slice(0, 253);
  if (__world.asked.length < 200 && !__world.asked.includes(wanted)) __world.asked.push(wanted);
  return null;
}
function dnsResolveEx(host) { return dnsResolve(host) || ''; }
function isResolvableEx(host) { return isResolvable(host); }
function getClientVersion() { return '1.0'; }
function sortIpAddressList(list) { return list; }

function isInNet(host, network, mask) {
  const [ip, net, bits] = [dnsResolve(host), network, mask].map(convert_addr);
  if (ip === null || net === null || bits === null) return false;
  return ((ip & bits) >>> 0) === ((net & bits) >>> 0);
}
function isInNetEx(host, prefix) {
  const [network, length] = String(prefix).split('/');
  const ip = convert_addr(dnsResolve(host)), net = convert_addr(network);
  if (ip === null || net === null || !(length >= 0 && length <= 32)) return false;
  const size = Math.pow(2, 32 - length);
  return Math.floor(ip / size) === Math.floor(net / size);
}

function shExpMatch(text, pattern) {
  text = String(text); pattern = String(pattern);
  let at = 0, in_pattern = 0, star = -1, from = 0;
  while (at < text.length) {
    if (in_pattern < pattern.length && pattern[in_pattern] === '*') { star = in_pattern++; from = at; }
    else if (in_pattern < pattern.length && (pattern[in_pattern] === '?' || pattern[in_pattern] === text[at])) {
      at++; in_pattern++;
    }
    else if (star >= 0) { in_pattern = star + 1; at = ++from; }
    else return false;
  }
  while (pattern[in_pattern] === '*') in_pattern++;
  return in_pattern === pattern.length;
}

const __days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const __months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
function __now(given) {
  const gmt = given.length > 0 && given[given.length - 1] === 'GMT';
  if (gmt) given.pop();
  const now = new Date();
  return gmt ? new Date(now.getTime() + now.getTimezoneOffset() * 60000) : now;
}
function __within(value, from, to) { return from <= to ? from <= value && value <= to : from <= value || value <= to; }

function weekdayRange(...given) {
  const today = __now(given).getDay();
  const [from, to] = given.map(day => __days.indexOf(day));
  return __within(today, from, to === undefined ? from : to);
}
function timeRange(...given) {
  const now = __now(given), second = now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds();
  const at = (h, m, s) => Number(h) * 3600 + Number(m) * 60 + Number(s);
  switch (given.length) {
    case 1: return now.getHours() === Number(given[0]);
    case 2: return __within(second, at(given[0], 0, 0), at(given[1], 0, 0) - 1);
    case 4: return __within(second, at(given[0], given[1], 0), at(given[2], given[3], 0) - 1);
    case 6: return __within(second, at(...given.slice(0, 3)), at(...given.slice(3)) - 1);
  }
  return false;
}
function dateRange(...given) {
  const now = __now(given);
  const read = words => {
    const found = { year: null, month: null, day: null };
    for (const word of words) {
      if (__months.includes(word)) found.month = __months.indexOf(word);
      else if (Number(word) > 31) found.year = Number(word);
      else found.day = Number(word);
    }
    return found;
  };
  const single = given.length === 1, half = single ? 1 : given.length / 2;
  if (half !== Math.floor(half) || half < 1 || half > 3) return false;
  const from = read(given.slice(0, half)), to = single ? from : read(given.slice(half));
  const key = (year, month, day) => (year * 12 + month) * 32 + day;
  const of = date => key(date.year || 0, date.month || 0, date.day || 0);
  const today = key(from.year === null ? 0 : now.getFullYear(), from.month === null ? 0 : now.getMonth(),
    from.day === null ? 0 : now.getDate());
  return __within(today, of(from), of(to));
}
"""
