/**
 * An e-mail address in the one form that is stored and compared: local part in NFC and lower case, domain as browsers
 * send it from an e-mail field, in lower case and punycode (UTS #46). What is no address comes back as it is.
 */
export function canonicalEmail(text: string): string {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at).normalize("NFC").toLowerCase().normalize("NFC");
  const domain = domainToAscii(text.slice(at + 1));
  return at < 1 || domain === undefined ? text : `${local}@${domain}`;
}

function domainToAscii(domain: string): string | undefined {
  // These would end the host of a URL, or be decoded in it.
  if (/[\s/\\?#%:@[\]]/.test(domain)) return undefined;
  const host = URL.parse(`http://${domain}/`)?.hostname;
  // A domain's last dot, the root's, changes nothing.
  return host === undefined || host === "" ? undefined : host.replace(/\.$/, "");
}
