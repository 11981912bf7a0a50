// Asks a small catalogue for a film and sends the run to X-Ray, so that one can
// see why that film was chosen.
//
//     make run                                                     # in one terminal
//     cd examples/movie-recommendation-ts && npm install && npm start  # in another
//
// The pipeline: understand the request → search → filter → rank → pick.
import { type ExecutionContext, XRay } from "@xray/sdk";
import { catalogue, type Movie } from "./catalogue.js";

interface Wish {
  genre: string;
  since: number;
  minRating: number;
  maxMinutes: number;
}

const xray = new XRay({
  projectId: process.env.XRAY_PROJECT ?? "default",
  apiKey: process.env.XRAY_API_KEY,
  endpoint: process.env.XRAY_ENDPOINT ?? "http://localhost:4318",
  autoReasoning: true,
  serviceName: "movie-recommendation",
});

const request = process.argv[2] ?? "a science fiction film from the last forty years, well rated, not too long";

try {
  const pick = await xray.trackExecution("movie recommendation", (ctx) => recommend(ctx, request), {
    input: request,
    tags: ["example"],
    userId: "ada",
  });
  console.log(`${pick.title} (${pick.year}), rated ${pick.rating.toFixed(1)}`);
} catch (err) {
  console.log("no recommendation:", err instanceof Error ? err.message : err);
}
// Waits until everything is delivered, and says what was not.
await xray.shutdown(10_000);

async function recommend(ctx: ExecutionContext, request: string): Promise<Movie> {
  console.log("See why:", ctx.getUrl() ?? ctx.getExecutionId());

  const wish = ctx.stepSync("understand request", () => understand(request), request, { type: "parser" });

  const found = await ctx.step("search catalogue", () => search(wish), wish, { type: "retriever" });

  // Records each decision with its reason: then X-Ray does not have to infer it.
  const good = ctx.stepSync("filter by rating and length", (step) => {
    step.criterion("rating", ">=", wish.minRating);
    step.criterion("minutes", "<=", wish.maxMinutes);
    return found.filter((movie) => {
      if (movie.rating < wish.minRating) {
        step.drop(movie, "rated too low", { criterion: { field: "rating", op: ">=", value: wish.minRating } });
      } else if (movie.minutes > wish.maxMinutes) {
        step.drop(movie, "too long", { criterion: { field: "minutes", op: "<=", value: wish.maxMinutes } });
      } else {
        step.keep(movie, "well rated and short enough");
        return true;
      }
      return false;
    });
  }, { candidates: found, minRating: wish.minRating, maxMinutes: wish.maxMinutes });

  // No word of X-Ray in this one: input and output say enough.
  const ranked = ctx.stepSync("rank", () => rank(good), good, { type: "reranker" });

  return ctx.stepSync("pick", (step) => {
    const [best, ...others] = ranked;
    if (!best) throw new Error("nothing in the catalogue fits the request");
    step.setReasoning("the best score wins");
    ctx.setFinalOutcome({ title: best.title, score: best.score, runnersUp: others.slice(0, 3).map((m) => m.title) });
    return best;
  }, ranked);
}

/** Stands in for a language model: it looks for words. */
function understand(request: string): Wish {
  const text = request.toLowerCase();
  const genre = ["science fiction", "comedy", "crime", "animation"].find((g) => text.includes(g)) ?? "drama";
  return {
    genre,
    since: text.includes("forty years") ? new Date().getFullYear() - 40 : 1900,
    minRating: text.includes("well rated") ? 7.9 : 7,
    maxMinutes: text.includes("not too long") ? 130 : 240,
  };
}

async function search(wish: Wish): Promise<Movie[]> {
  await new Promise((done) => setTimeout(done, 35)); // a catalogue somewhere else
  return catalogue.filter((m) => m.year >= wish.since && m.genres.includes(wish.genre));
}

/** Prefers good films, and among them those that many people have seen. */
function rank(films: Movie[]): (Movie & { score: number })[] {
  return films
    .map((m) => ({ ...m, score: (0.8 * m.rating) / 10 + 0.2 * Math.min(m.votes / 2_000_000, 1) }))
    .sort((a, b) => b.score - a.score || b.year - a.year);
}
