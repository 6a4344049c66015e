// The request of the page as code without any package. The key is a variable of the environment: it never leaves the tab.

import { MODEL, VERSION } from './speech-socket.js';

const text = value => JSON.stringify(value);

/** Names and makers of the snippets. */
export const SNIPPETS = {
  JavaScript: ({ origin, transcript, voice, sampleRate }) => `import { writeFile } from 'node:fs/promises';

const answer = await fetch(${text(`${origin}/tts/bytes`)}, {
  method: 'POST',
  headers: { 'X-API-Key': process.env.TTS_API_KEY, 'Cartesia-Version': '${VERSION}', 'Content-Type': 'application/json' },
  body: JSON.stringify({
    model_id: ${text(MODEL)},
    transcript: ${text(transcript)},
    voice: ${text(voice)},
    output_format: { container: 'wav', encoding: 'pcm_s16le', sample_rate: ${sampleRate} },
  }),
});
if (!answer.ok) throw new Error(await answer.text());
await writeFile('speech.wav', answer.body);
`,
  Python: ({ origin, transcript, voice, sampleRate }) => `import json, os, shutil, urllib.request

request = urllib.request.Request(
    ${text(`${origin}/tts/bytes`)},
    headers={"X-API-Key": os.environ["TTS_API_KEY"], "Cartesia-Version": "${VERSION}", "Content-Type": "application/json"},
    data=json.dumps({
        "model_id": ${text(MODEL)},
        "transcript": ${text(transcript)},
        "voice": ${text(voice)},
        "output_format": {"container": "wav", "encoding": "pcm_s16le", "sample_rate": ${sampleRate}},
    }).encode(),
)
with urllib.request.urlopen(request) as answer, open("speech.wav", "wb") as file:
    shutil.copyfileobj(answer, file)
`,
  'C#': ({ origin, transcript, voice, sampleRate }) => `using System.Net.Http.Json;

using var http = new HttpClient { BaseAddress = new Uri(${text(origin)}) };
http.DefaultRequestHeaders.Add("X-API-Key", Environment.GetEnvironmentVariable("TTS_API_KEY"));
http.DefaultRequestHeaders.Add("Cartesia-Version", "${VERSION}");
using var answer = await http.PostAsJsonAsync("/tts/bytes", new
{
    model_id = ${text(MODEL)},
    transcript = ${text(transcript)},
    voice = ${text(voice)},
    output_format = new { container = "wav", encoding = "pcm_s16le", sample_rate = ${sampleRate} },
});
answer.EnsureSuccessStatusCode();
await File.WriteAllBytesAsync("speech.wav", await answer.Content.ReadAsByteArrayAsync());
`,
  curl: ({ origin, transcript, voice, sampleRate }) => {
    const body = JSON.stringify({
      model_id: MODEL, transcript, voice, output_format: { container: 'wav', encoding: 'pcm_s16le', sample_rate: sampleRate },
    }, null, 2).replaceAll('\'', '\'\\\'\'');
    return `curl -sf ${origin}/tts/bytes -o speech.wav \\
  -H "X-API-Key: $TTS_API_KEY" -H 'Cartesia-Version: ${VERSION}' -H 'Content-Type: application/json' \\
  -d '${body}'
`;
  },
};
