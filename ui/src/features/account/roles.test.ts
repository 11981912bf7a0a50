import { describe, expect, it } from 'vitest';
import { givable, roleSentence } from './roles';

describe('roleSentence', () => {
  it.each([
    ['viewer', [], 'You will be a viewer of all projects.'],
    ['owner', [], 'You will be an owner of all projects.'],
    ['none', [], 'You will see no project yet.'],
    ['none', [{ projectId: 'shop', role: 'admin' }], 'You will be an admin in shop.'],
    [
      'viewer',
      [
        { projectId: 'shop', role: 'member' },
        { projectId: 'bank', role: 'none' },
      ],
      'You will be a viewer of all projects and a member in shop.',
    ],
  ] as const)('%s with %j', (role, projects, sentence) => {
    expect(roleSentence(role, projects)).toBe(sentence);
  });
});

describe('givable', () => {
  it('lets only owners make owners', () => {
    expect(givable('owner')).toContain('owner');
    expect(givable('admin')).not.toContain('owner');
  });
});
