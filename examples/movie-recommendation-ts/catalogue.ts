/** A film of the catalogue. Ratings and votes are rough figures. */
export interface Movie {
  id: number;
  title: string;
  year: number;
  genres: string[];
  rating: number; // 0 to 10
  minutes: number;
  votes: number;
}

const film = (id: number, title: string, year: number, genres: string[], rating: number, minutes: number, votes: number): Movie => ({
  id, title, year, genres, rating, minutes, votes,
});

export const catalogue: Movie[] = [
  film(1002, "Back to the Future", 1985, ["science fiction", "comedy"], 8.5, 116, 1_350_000),
  film(1008, "Akira", 1988, ["science fiction", "animation"], 8.0, 124, 215_000),
  film(1012, "Terminator 2: Judgment Day", 1991, ["science fiction", "action"], 8.6, 137, 1_200_000),
  film(1014, "Jurassic Park", 1993, ["science fiction", "adventure"], 8.2, 127, 1_100_000),
  film(1017, "12 Monkeys", 1995, ["science fiction", "thriller"], 8.0, 129, 650_000),
  film(1027, "Cube", 1997, ["science fiction", "thriller"], 7.1, 90, 260_000),
  film(1030, "The Truman Show", 1998, ["science fiction", "comedy", "drama"], 8.2, 103, 1_250_000),
  film(1032, "The Matrix", 1999, ["science fiction", "action"], 8.7, 136, 2_100_000),
  film(1034, "The Iron Giant", 1999, ["science fiction", "animation"], 8.1, 86, 240_000),
  film(1043, "I, Robot", 2004, ["science fiction", "action"], 7.1, 115, 600_000),
  film(1052, "WALL·E", 2008, ["science fiction", "animation"], 8.4, 98, 1_250_000),
  film(1053, "Cloverfield", 2008, ["science fiction", "horror"], 7.0, 85, 420_000),
  film(1059, "Inception", 2010, ["science fiction", "action"], 8.8, 148, 2_600_000),
  film(1070, "Interstellar", 2014, ["science fiction", "drama"], 8.7, 169, 2_300_000),
  film(1097, "Blade Runner", 1982, ["science fiction", "thriller"], 8.1, 117, 850_000),
  film(1099, "Alien", 1979, ["science fiction", "horror"], 8.5, 117, 990_000),
  film(1102, "Pulp Fiction", 1994, ["crime", "drama"], 8.9, 154, 2_300_000),
  film(1104, "Groundhog Day", 1993, ["comedy"], 8.0, 101, 700_000),
  film(1110, "12 Angry Men", 1957, ["crime", "drama"], 9.0, 96, 920_000),
];
