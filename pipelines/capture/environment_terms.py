"""Words that name a platform, a device, a browser, a runtime or a way of deploying: what an environment is said with.

General words of the trade, not those of one product; used to find environments and to keep a platform's version number
("Android 4.0.4", "PostgreSQL 14.2") from being taken for a version of the product.
"""

import re

_SYSTEMS = r"""
android ios ipados iphone\ ?os windows(?:\ (?:server|phone|xp|vista))? win\ ?(?:7|8|8\.1|10|11|2k\d)
windows\ (?:7|8|8\.1|10|11) mac\ ?os(?:\ ?x)? mac os\ ?x osx linux ubuntu debian centos rhel
red\ hat(?:\ enterprise\ linux)? fedora suse(?:\ linux)? sles alpine amazon\ linux rocky(?:\ linux)? chrome\ ?os
snow\ leopard mountain\ lion mavericks yosemite ventura sonoma sequoia blackberry tizen mobile\ ?web unix solaris
aix freebsd
""".strip()
_DEVICES = r"""
iphone ipad(?:\ (?:mini|air))? ipod(?:\ touch)? (?:samsung\ )?galaxy(?:\ (?:tab|note|nexus|ace|mini))? nook(?:\ color)?
nexus samsung htc motorola droid xoom lg kindle(?:\ fire)?
pixel huawei xiaomi sony(?:\ xperia)? xperia lenovo thinkpad macbook(?:\ pro|\ air)? surface\ pro raspberry\ pi
zebra honeywell emulator simulator tablet handset scanner printer barcode\ scanner
""".strip()
_BROWSERS = r"""
chrome firefox safari (?:microsoft|ms)\ edge internet\ explorer ie\ ?(?:8|9|10|11) outlook(?:\ \d{4})? office\ 365
microsoft\ 365 m365 microsoft\ teams thunderbird
""".strip()
_RUNTIMES = r"""
java jdk jre openjdk \.net(?:\ framework|\ core)? dotnet node(?:\.?js)? python ruby php golang perl xcode gradle
maven tomcat jetty jboss wildfly websphere weblogic nginx apache iis haproxy envoy varnish postgres(?:ql)?
mysql mariadb oracle(?:\ database)? sql\ server mssql mongodb redis elasticsearch opensearch cassandra kafka
rabbitmq clickhouse snowflake bigquery redshift s3 salesforce sap(?:\ s/4hana|\ ecc)? netsuite dynamics(?:\ 365)?
workday okta azure\ ad entra(?:\ id)? adfs ldap active\ directory keycloak auth0 ping(?:federate|one) onelogin
saml oidc scim sso openssl tls\ ?1\.\d
""".strip()
_DEPLOYMENT = r"""
kubernetes k8s docker helm openshift eks aks gke aws azure gcp vmware esxi hyper-v citrix vdi
on-?prem(?:ises|ise)? self-?hosted saas cloud single-?tenant multi-?tenant staging production sandbox cluster
load\ balancer proxy vpn firewall air-?gapped high\ availability replica(?:s|set)? region
eu-(?:west|central|north|south)-\d us-(?:east|west)-\d ap-(?:southeast|northeast|south)-\d
""".strip()


def _words(block: str) -> list[str]:
    return [w.replace("\x00", r"\ ") for w in block.replace("\\ ", "\x00").split()]


def _alternation(*blocks: str) -> str:
    return "|".join(sorted((w for block in blocks for w in _words(block)), key=len, reverse=True))


PLATFORM = _alternation(_SYSTEMS, _DEVICES, _BROWSERS, _RUNTIMES)
DEVICES = _alternation(_DEVICES)
BROWSERS = _alternation(_BROWSERS)
DEPLOYMENT = _alternation(_DEPLOYMENT)
TERM = _alternation(_SYSTEMS, _DEVICES, _BROWSERS, _RUNTIMES, _DEPLOYMENT)
TOOLS = (
    r"studio|ide|cli|alloy|npm|acs|code-processor|processor|plugin|eclipse|arrow|appc|longjohn|phonegap|genymotion"
    r"|ndk|adt|git"
)

_COUNT = r"(?<![\w.])(?:one|two|three|four|five|six|several|multiple|zwei|drei|vier|deux|trois|dos|tres|\d{1,3})"
_KIND = r"(?:(?!(?:of|on|in|to|for|is|are|the|and|or|with|your|our|needs?|as|by|at|per) )[a-z][\w-]* ){0,2}"
_MACHINE = (
    r"(?:nodes?|servers?|machines?|hosts?|instances?|replicas?|pods?|vms?|virtual machines?|boxes|clusters?|gateways?"
    r"|knoten|serveurs?|nœuds|servidor(?:es)?|nodos?)(?: nodes?| machines?| servers?| hosts?)?"
)
_BETWEEN = (
    r"(?:load[ -]?balancers?|(?:reverse )?prox(?:y|ies)|firewalls?|vpn|nat|waf|bastion|loadbalancer|pare-feu"
    r"|equilibrador)"
)
SETTING_RE = re.compile(
    rf"{_COUNT} {_KIND}{_MACHINE}\b"
    rf"|\b(?:behind|through|via|hinter|derrière|detrás de) (?:an?|the|our|their|two|einem|einer|un|une)? ?"
    rf"{_KIND}{_BETWEEN}\b"
    rf"|\bown {_KIND}(?:{_MACHINE}|cloud|data ?cent(?:er|re)|infrastructure|hardware)\b"
    r"|\bon[- ]prem(?:ises|ise)? (?:server|installation|deployment|agent|gateway|cluster)\b"
    r"|\b(?:SSL|TLS|HTTPS) inspection\b|\bair[- ]gapped (?:\w+ )?(?:network|site|installation)?"
    r"|\bcloud (?:eu|us|uk|ca|ap|apac|de|ch|au)\b|\b(?:eu|us|uk|apac) (?:cloud|region|tenant|data ?cent(?:er|re))\b"
    rf"|\b(?:new )?(?:ubuntu|debian|rhel|linux|windows) (?:machines?|servers?|hosts?|vms?|boxes)\b",
    re.IGNORECASE,
)
"""Ways of deploying that are told in prose: how many machines, behind what, on whose premises, in which region."""
TERM_RE = re.compile(rf"(?<![\w./:-])(?:{TERM})(?![a-z]|[.:_/(]+[a-z_]|[-_]\d{{3}})", re.IGNORECASE)
INTEGRATION_RE = re.compile(rf"\b(?:{_alternation(_RUNTIMES)})\b", re.IGNORECASE)
"""Systems of others that the product talks to: databases, identity providers, clouds."""
WEAK = frozenset(
    """java node node.js nodejs python ruby php perl golang maven gradle apache iis pixel cloud production staging
    sandbox proxy firewall cluster region replica replicas scanner printer tablet handset kafka redis s3
    oracle sap sso saml oidc scim ldap nexus alpine sierra outlook saas vpn mac emulator simulator
    salesforce workday netsuite snowflake docker helm""".split()
)
"""Terms that are as often about something else: alone, without a version or a second term, they say nothing."""
_LINK = (
    r"(?:[\s:=\-(,/]|\bversion\b|\bver\b|\bv(?=\.?\s?\d)|\bos\b|\bsdk\b|\bapi(?: level)?\b|\bdevice\b|\bemulator\b"
    r"|\bsimulator\b|\brunning\b|\bbuild\b|\bg[b1]\b|\bserver\b|\bmini\b|\bpro\b|\bgen\b|\bto(?=\s))"
)
PLATFORM_BEFORE = re.compile(
    rf"(?<![\w.])(?:{PLATFORM})(?![a-z])\w{{0,4}}(?:\s?\w\d{{0,3}})?{_LINK}{{0,6}}v?\.?$", re.IGNORECASE
)
TOOL_BEFORE = re.compile(
    rf"(?<![\w])(?:{TOOLS})\b(?:[\s:=\-(,@]|\bversion\b|\bbuild\b|\bis\b|v){{0,6}}$", re.IGNORECASE
)
