import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { ExecutionPage } from './ExecutionPage';
import { ExecutionsPage } from './ExecutionsPage';
import { NotFound } from './NotFound';
import { Root } from './Root';
import { executionSearch, listSearch, parse, stringify } from './search';

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
  component: ExecutionPage,
});

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren([index, executions, execution]),
    parseSearch: parse,
    stringifySearch: stringify,
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
