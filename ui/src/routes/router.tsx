import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { base } from '@/lib/base';
import { ExecutionsPage } from './ExecutionsPage';
import { NotFound } from './NotFound';
import { Root } from './Root';
import {
  compareSearch,
  contrastSearch,
  executionSearch,
  listSearch,
  parse,
  pipelineSearch,
  pipelinesSearch,
  settingsSearch,
  stringify,
} from './search';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/executions', replace: true });
  },
});

const executions = createRoute({
  getParentRoute: () => root,
  path: '/executions',
  validateSearch: listSearch,
  component: ExecutionsPage,
});

const execution = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id',
  validateSearch: executionSearch,
  // The first page does not need it; it is fetched while someone reads the list.
  component: lazyRouteComponent(() => import('./ExecutionPage'), 'ExecutionPage'),
});

const item = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id/items/$key',
  component: lazyRouteComponent(() => import('./ItemPage'), 'ItemPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./ComparePage'), 'ComparePage'),
});

const contrast = createRoute({
  getParentRoute: () => root,
  path: '/contrast',
  validateSearch: contrastSearch,
  component: lazyRouteComponent(() => import('./ContrastPage'), 'ContrastPage'),
});

const pipelines = createRoute({
  getParentRoute: () => root,
  path: '/pipelines',
  validateSearch: pipelinesSearch,
  component: lazyRouteComponent(() => import('./PipelinesPage'), 'PipelinesPage'),
});

const pipeline = createRoute({
  getParentRoute: () => root,
  path: '/pipelines/$name',
  validateSearch: pipelineSearch,
  component: lazyRouteComponent(() => import('./PipelinePage'), 'PipelinePage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./alerts/AlertsPage'), 'AlertsPage'),
});

const alert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/$id',
  component: lazyRouteComponent(() => import('./alerts/AlertPage'), 'AlertPage'),
});

// Its pages are listed in settings/sections.ts, which the first page does not load.
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings/{-$section}',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./settings/SettingsPage'), 'SettingsPage'),
});

// Root draws these itself, without its frame.
const login = createRoute({ getParentRoute: () => root, path: '/login' });
const setup = createRoute({ getParentRoute: () => root, path: '/setup' });
const join = createRoute({ getParentRoute: () => root, path: '/join' });
const reset = createRoute({ getParentRoute: () => root, path: '/reset' });

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren([
      index,
      executions,
      execution,
      item,
      compare,
      contrast,
      pipelines,
      pipeline,
      alerts,
      alert,
      settings,
      login,
      setup,
      join,
      reset,
    ]),
    parseSearch: parse,
    stringifySearch: stringify,
    basepath: base || '/',
    scrollRestoration: false,
    defaultPendingMs: 300,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

declare module '@tanstack/history' {
  interface HistoryState {
    /** This entry narrowed the time of the one before, so that going back widens it. */
    zoomed?: boolean;
  }
}
