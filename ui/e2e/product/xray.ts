import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
const BIN = process.env.XRAY_BIN ?? join(REPO, 'bin/xray');
const READY_MS = 60_000;

/** The real server on a PostgreSQL of its own, on ports of its own. */
export class XRay {
  private said = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly dir: string,
    readonly url: string,
    readonly otlp: string,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<XRay> {
    const dir = await mkdtemp(join(tmpdir(), 'xray-e2e-'));
    await chmod(dir, 0o755); // started as root, the database runs as somebody else
    const ports = ['--listen', '127.0.0.1:0', '--otlp-http', '127.0.0.1:0', '--otlp-grpc', '127.0.0.1:0'];
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, DATABASE_URL: _db, ...outer } = process.env;
    const child = spawn(BIN, ['serve', ...ports, '--data-dir', join(dir, 'data')], {
      env: { ...outer, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [url, otlp, said] = await addresses(child);
    const xray = new XRay(child, dir, url, otlp);
    child.stdout?.on('data', (chunk: Buffer) => {
      xray.said += chunk.toString();
    });
    xray.said = said();
    return xray;
  }

  /** The link that makes the first owner, from what the server has printed. */
  async setupLink(): Promise<string> {
    const began = Date.now();
    for (;;) {
      const link = /http\S+\/setup#\S+/.exec(this.said)?.[0];
      if (link) return link;
      if (Date.now() - began > READY_MS) throw new Error(`no set-up link in:\n${this.said}`);
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.process.once('exit', done));
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await gone;
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Runs one of the examples against this server and returns what it printed. */
  async example(name: string): Promise<string> {
    const { stdout } = await promisify(execFile)('go', ['run', `./${name}`], {
      cwd: join(REPO, 'examples'),
      env: { ...process.env, XRAY_ENDPOINT: this.otlp, XRAY_UI_URL: this.url },
    });
    return stdout;
  }

  /** Sends the demo's pipelines. */
  async demo(): Promise<void> {
    await promisify(execFile)(BIN, ['demo'], {
      env: { ...process.env, XRAY_ENDPOINT: this.otlp, XRAY_UI_URL: this.url },
    });
  }
}

/** Waits for the lines that tell where it listens. */
function addresses(child: ChildProcess): Promise<[ui: string, otlp: string, said: () => string]> {
  return new Promise((found, failed) => {
    let said = '';
    const timer = setTimeout(() => failed(new Error(`xray did not get ready:\n${said}`)), READY_MS);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const ui = /Web UI\s+(http\S+)/.exec(said)?.[1];
      const otlp = /OTLP\/HTTP\s+(http\S+)/.exec(said)?.[1];
      if (!ui || !otlp) return;
      clearTimeout(timer);
      found([ui, otlp, () => said]);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`xray ended with ${code}:\n${said}`)));
  });
}
