/** A scene as e2e/mock/scenes.mjs builds it. */
export interface Scene {
  execution: { id: string; name: string; [key: string]: unknown };
  steps: Array<{ id: string; name: string; [key: string]: unknown }>;
  details: Map<string, () => object>;
}

export class MockServer {
  url: string;
  key: string | undefined;
  down: boolean;
  scenes: Map<string, Scene>;
  start(port?: number): Promise<this>;
  stop(): Promise<void>;
  put(scene: Scene): void;
  remove(id: string): void;
  breakDown(): void;
}
