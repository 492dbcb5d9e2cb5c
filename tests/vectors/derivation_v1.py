"""A second program for derivation, version 1: written from the text of the specification in
src/issue/derivation.rs and from the RFCs, with nothing but hashes and whole numbers. It prints what
tests/vectors/derivation-v1.toml says of keys, for those keys that are named there and are of the wanted kinds
(all, where none is given): derivation_v1.py FILE [KIND ...]"""

import base64
import hashlib
import hmac
import math
import sys
import textwrap
import tomllib

VERSION = "pkiplan derivation 1"


def extract(secret):
    return hmac.new(VERSION.encode(), secret, hashlib.sha256).digest()


def block(secret, id, algorithm, generation, counter, length):
    texts = [text.encode() for text in (VERSION, "key", id, algorithm)]
    info = b"".join(len(text).to_bytes(4, "big") + text for text in texts)
    info += generation.to_bytes(4, "big") + counter.to_bytes(4, "big")
    key, out, last, number = extract(secret), b"", b"", 1
    while len(out) < length:
        last = hmac.new(key, last + info + bytes([number]), hashlib.sha256).digest()
        out, number = out + last, number + 1
    return out[:length]


# DER (X.690)


def tlv(tag, *parts):
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.insert(0, 0x80 | number & 0x7F)
        out += bytes(digits)
    return tlv(0x06, out)


def bits(content):
    return tlv(0x03, b"\0", content)


def octets(content):
    return tlv(0x04, content)


# ECDSA (FIPS 186-5, 6; RFC 6979, 3.2). Points are pairs; None is the point at infinity.


class Curve:
    def __init__(self, oid, hash, p, b, n, g):
        self.oid, self.hash, self.p, self.b, self.n, self.g = oid, hash, p, b, n, g
        self.size = (n.bit_length() + 7) // 8
        assert (g[1] ** 2 - g[0] ** 3 + 3 * g[0] - b) % p == 0

    def add(self, one, other):
        if one is None or other is None:
            return one or other
        (x, y), (u, v), p = one, other, self.p
        if x == u and (y + v) % p == 0:
            return None
        slope = (3 * x * x - 3) * pow(2 * y, -1, p) if one == other else (v - y) * pow(u - x, -1, p)
        w = (slope * slope - x - u) % p
        return w, (slope * (x - w) - y) % p

    def multiply(self, k):
        sum, power = None, self.g
        while k:
            if k & 1:
                sum = self.add(sum, power)
            power, k = self.add(power, power), k >> 1
        return sum

    def derive(self, draw):
        counter = 0
        while not 1 <= (k := int.from_bytes(draw(counter, self.size), "big")) < self.n:
            counter += 1
        return k

    def nonces(self, d, digest):
        def mac(key, *parts):
            return hmac.new(key, b"".join(parts), self.hash).digest()

        x = d.to_bytes(self.size, "big")
        h = (int.from_bytes(digest, "big") % self.n).to_bytes(self.size, "big")
        v, k = b"\1" * len(digest), b"\0" * len(digest)
        k = mac(k, v, b"\0", x, h)
        v = mac(k, v)
        k = mac(k, v, b"\1", x, h)
        v = mac(k, v)
        while True:
            v = mac(k, v)
            if 1 <= (nonce := int.from_bytes(v, "big")) < self.n:
                yield nonce
            k = mac(k, v, b"\0")
            v = mac(k, v)

    def key(self, draw):
        d = self.derive(draw)
        point = b"\4" + b"".join(part.to_bytes(self.size, "big") for part in self.multiply(d))
        algorithm = sequence(oid("1.2.840.10045.2.1"), oid(self.oid))
        inner = sequence(integer(1), octets(d.to_bytes(self.size, "big")), tlv(0xA1, bits(point)))
        return point, algorithm, inner, lambda message: self.sign(d, message)

    def sign(self, d, message):
        digest = hashlib.new(self.hash, message).digest()
        z = int.from_bytes(digest, "big")
        for k in self.nonces(d, digest):
            r = self.multiply(k)[0] % self.n
            s = pow(k, -1, self.n) * (z + r * d) % self.n
            if r and s:
                return sequence(integer(r), integer(s))


P256 = Curve(
    "1.2.840.10045.3.1.7",
    "sha256",
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
P384 = Curve(
    "1.3.132.0.34",
    "sha384",
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    (
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
)


# Ed25519 (RFC 8032, 5.1), in affine coordinates.

P25519 = 2**255 - 19
L25519 = 2**252 + 27742317777372353535851937790883648493
D25519 = -121665 * pow(121666, -1, P25519) % P25519
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def edwards_add(one, other):
    (x, y), (u, v), p = one, other, P25519
    product = D25519 * x * y * u * v
    return (x * v + y * u) * pow(1 + product, -1, p) % p, (y * v + x * u) * pow(1 - product, -1, p) % p


def edwards_multiply(k):
    sum, power = (0, 1), BASE
    while k:
        if k & 1:
            sum = edwards_add(sum, power)
        power, k = edwards_add(power, power), k >> 1
    return (sum[1] | (sum[0] & 1) << 255).to_bytes(32, "little")


def ed25519(draw):
    seed = draw(0, 32)
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    public = edwards_multiply(a)

    def number(*parts):
        return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L25519

    def sign(message):
        r = number(digest[32:], message)
        point = edwards_multiply(r)
        return point + ((r + number(point, public, message) * a) % L25519).to_bytes(32, "little")

    return public, sequence(oid("1.3.101.112")), octets(seed), sign


# RSA (RFC 8017), with the search for primes of the specification.

E = 65537
SMALL = [n for n in range(3, 2000, 2) if all(n % m for m in range(3, n, 2))]


def is_prime(number):
    if any(number % small == 0 for small in SMALL):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1

    def passes(base):
        power = pow(base, odd, number)
        return power in (1, number - 1) or any(
            (power := power * power % number) == number - 1 for _ in range(twos - 1)
        )

    return all(passes(base) for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29))


def prime(draw, counter, half):
    number = int.from_bytes(draw(counter, half // 8), "big") | 3 << half - 2 | 1
    for candidate in range(number, min(number + 2**21, 2**half), 2):
        if candidate % E != 1 and is_prime(candidate):
            return candidate
    return None


def rsa(size):
    def key(draw):
        half, counter, first = size // 2, 0, None
        while True:
            found, counter = prime(draw, counter, half), counter + 1
            if first is None:
                first = found
            elif found is not None and abs(first - found) >= 2 ** (half - 100):
                break
        p, q = max(first, found), min(first, found)
        n, gcd = p * q, math.gcd(p - 1, q - 1)
        d = pow(E, -1, (p - 1) * (q - 1) // gcd)
        numbers = (0, n, E, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))

        def sign(message):
            info = sequence(
                sequence(oid("2.16.840.1.101.3.4.2.1"), tlv(0x05)), octets(hashlib.sha256(message).digest())
            )
            padded = b"\0\1" + b"\xff" * (size // 8 - 3 - len(info)) + b"\0" + info
            return pow(int.from_bytes(padded, "big"), d, n).to_bytes(size // 8, "big")

        algorithm = sequence(oid("1.2.840.113549.1.1.1"), tlv(0x05))
        return sequence(integer(n), integer(E)), algorithm, sequence(*map(integer, numbers)), sign

    return key


KINDS = {
    "ecdsa-p256": P256.key,
    "ecdsa-p384": P384.key,
    "ed25519": ed25519,
    "rsa-2048": rsa(2048),
    "rsa-3072": rsa(3072),
    "rsa-4096": rsa(4096),
}


def pem(label, der):
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def main(vectors, kinds):
    secret = bytes.fromhex(vectors["secret"])
    for vector in vectors["key"]:
        id, algorithm, generation = vector["id"], vector["algorithm"], vector["generation"]
        if kinds and algorithm not in kinds:
            continue
        public, identifier, private, sign = KINDS[algorithm](
            lambda counter, length: block(secret, id, algorithm, generation, counter, length)
        )
        print("\n[[key]]")
        print(f'id = "{id}"\nalgorithm = "{algorithm}"\ngeneration = {generation}')
        print(f'spki_sha256 = "{sha256(sequence(identifier, bits(public)))}"')
        print(f'key_identifier = "{sha256(public)[:40]}"')
        pkcs8 = pem("PRIVATE KEY", sequence(integer(0), identifier, octets(private)))
        print(f'pkcs8_pem_sha256 = "{sha256(pkcs8)}"')
        print(f'signature_sha256 = "{sha256(sign(b"sample"))}" # of "sample"')


with open(sys.argv[1], "rb") as file:
    main(tomllib.load(file), sys.argv[2:])
