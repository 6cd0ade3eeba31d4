/**
 * Who is measured when: each side once a round, so that drift of the machine falls on all alike. Who goes first changes,
 * so that nobody always finds the server warmer. Rounds below 0 warm up.
 */
export function* inTurn<Side>(
  sides: readonly Side[],
  warmUps: number,
  rounds: number,
): Generator<readonly [round: number, order: readonly Side[]]> {
  for (let round = -warmUps; round < rounds; round++)
    yield [round, round % 2 === 0 ? sides : sides.toReversed()];
}
