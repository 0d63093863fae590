// Uploads a file with tus-js-client as anybody would. `pause` stops in the middle and leaves the rest to a
// second run with `resume`, which knows the upload only from the client's own storage.
//
//     node upload.mjs pause|resume|whole ENDPOINT FILE STORAGE METADATA-JSON HEADERS-JSON
import { readFileSync } from 'node:fs'
import * as tus from 'tus-js-client'

const [mode, endpoint, path, storage, metadata, headers] = process.argv.slice(2)
const file = readFileSync(path)
const say = (what) => console.log(JSON.stringify(what))

const upload = new tus.Upload(file, {
  endpoint: encodeURI(endpoint),
  metadata: JSON.parse(metadata),
  headers: JSON.parse(headers),
  chunkSize: mode === 'whole' ? Infinity : 64 * 1024,
  uploadDataDuringCreation: mode === 'whole',
  retryDelays: null,
  urlStorage: new tus.FileUrlStorage(storage),
  fingerprint: async () => `lastmile-${path}`,
  onChunkComplete: (_, accepted) => {
    if (mode === 'pause' && accepted >= file.length / 2) {
      // Without `true`: the upload stays on the server.
      upload.abort().then(() => {
        say({ paused: accepted })
        process.exit(0)
      })
    }
  },
  onSuccess: () => {
    say({ done: upload.url })
    process.exit(0)
  },
  onError: (error) => {
    say({ error: String(error) })
    process.exit(1)
  },
})

const previous = await upload.findPreviousUploads()
if (mode === 'resume') {
  if (previous.length !== 1) throw new Error(`${previous.length} uploads to resume`)
  upload.resumeFromPreviousUpload(previous[0])
}
upload.start()
