// `npm run mock`: the stand-in with a page full of data, for `npm run dev`.
import { big, broken, competitorSearch, ordinary, running } from './scenes.mjs';
import { MockServer } from './server.mjs';

const server = await new MockServer().start(Number(process.env.PORT ?? 8080));
const now = BigInt(Date.now()) * 1_000_000n;
const SECOND = 1_000_000_000n;
server.put(running(1, now - 14n * SECOND));
server.put(competitorSearch(2, now - 40n * SECOND));
server.put(broken(3, now - 600n * SECOND));
server.put(big(4, now - 1200n * SECOND));
for (let n = 5; n < 400; n++) server.put(ordinary(n, now - BigInt(n * n) * SECOND * 3n, n * 77));
console.log(server.url);
if (process.env.LIVE) {
  let n = 1000;
  setInterval(() => {
    n += 1;
    server.put(ordinary(n, BigInt(Date.now()) * 1_000_000n, n * 31));
  }, 2_000);
}
