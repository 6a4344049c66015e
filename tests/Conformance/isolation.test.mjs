import assert from 'node:assert/strict';
import { audioOf, collect, connect, sceneForEachSdk, SERVICES } from './clients/scene.mjs';
import { SPEECH } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const TEXTS = [
  'The first of three speaks of rivers, of bridges over them, and of boats.',
  'The second one counts: one, two, three, four, five, six, seven, eight.',
  'The third has nothing to say but says it at length, as the others do.',
];

sceneForEachSdk('contexts of one socket take turns and each is byte for byte what it is alone', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const contexts = TEXTS.map(() => ws.context(SPEECH));
  await Promise.all(contexts.map((ctx, i) => say(ctx, TEXTS[i])));
  const together = await Promise.all(contexts.map((ctx) => collect(ctx.receive())));

  const order = conversationOf(ws).frames.filter((frame) => frame.type === 'chunk').map((frame) => frame.context_id);
  const lastStart = Math.max(...contexts.map((ctx) => order.indexOf(ctx.contextId)));
  const firstEnd = Math.min(...contexts.map((ctx) => order.lastIndexOf(ctx.contextId)));
  const shared = order.slice(lastStart, firstEnd);
  const switches = shared.filter((id, i) => i > 0 && id !== shared[i - 1]).length;
  assert.ok(shared.length > order.length / 4, `only ${shared.length} of ${order.length} chunks came while all three spoke`);
  assert.ok(switches > shared.length / 4, `the contexts changed only ${switches} times in ${shared.length} chunks`);

  const alone = await Promise.all(
    TEXTS.map(async (text) => {
      const own = await connect(sdk, SERVICES.paced);
      const ctx = own.context(SPEECH);
      await say(ctx, text);
      return audioOf(await collect(ctx.receive()));
    }),
  );
  together.forEach((events, i) => assert.ok(audioOf(events).equals(alone[i]), `context ${i + 1} does not sound as it does alone`));
});

async function say(ctx, transcript) {
  await ctx.push({ transcript });
  await ctx.no_more_inputs();
}
