import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createProject, renameProject } from '@/api/account';
import { chooseProject, chosenProject } from '@/api/key';
import { projectsQuery, sessionQuery } from '@/api/queries';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { timestamp } from '@/lib/format';
import { Problem } from '../Problem';
import { SectionHead } from './SectionHead';

/** The projects of the organisation: new ones, and other names. */
export function ProjectsPage() {
  const client = useQueryClient();
  const projects = useQuery(projectsQuery);
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => createProject(name),
    onSuccess: () => {
      setName('');
      return client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
  return (
    <>
      <SectionHead title="Projects">
        A project has its own executions, keys, members and settings; what is in one is never seen in another.
      </SectionHead>
      {make.error && (
        <Notice tone="error" className="mb-3">
          {make.error.message}
        </Notice>
      )}
      <form
        className="mb-6 flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className="w-72 max-w-full">
          <TextField
            label="New project"
            value={name}
            maxLength={63}
            onChange={(e) => setName(e.target.value)}
            hint="a-z, 0-9, . _ and -"
          />
        </div>
        <Button type="submit" className="mt-6 h-9" disabled={!name || make.isPending}>
          Make it
        </Button>
      </form>
      {projects.isError ? (
        <Problem error={projects.error} what="list of projects" onRetry={() => void projects.refetch()} />
      ) : projects.data ? (
        <ul aria-label="Projects" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {projects.data.map((p) => (
            <ProjectRow key={p.projectId} name={p.projectId} since={p.createdAt} />
          ))}
        </ul>
      ) : (
        <Skeleton lines={4} />
      )}
    </>
  );
}

function ProjectRow({ name, since }: { name: string; since: string }) {
  const client = useQueryClient();
  const [text, setText] = useState<string>();
  const save = useMutation({
    mutationFn: (to: string) => renameProject(name, to),
    onSuccess: (_, to) => {
      const session = client.getQueryData(sessionQuery.queryKey);
      if (session?.projectId === name || chosenProject() === name) chooseProject(to);
      return client.invalidateQueries();
    },
  });
  if (text === undefined) {
    return (
      <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name}</p>
          <p className="text-xs text-ink-3">since {timestamp(since).slice(0, 10)}</p>
        </div>
        {name !== 'default' && (
          <Button aria-label={`Rename ${name}`} onClick={() => setText(name)}>
            Rename
          </Button>
        )}
      </li>
    );
  }
  return (
    <li className="px-4 py-3">
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(text);
        }}
      >
        <div className="w-64">
          <TextField
            label={`New name of ${name}`}
            autoFocus
            value={text}
            maxLength={63}
            onChange={(e) => setText(e.target.value)}
          />
        </div>
        <Button type="submit" look="main" className="h-9" disabled={save.isPending || text === name}>
          Rename
        </Button>
        <Button look="quiet" className="h-9" onClick={() => setText(undefined)}>
          Leave it
        </Button>
        <p className="w-full text-xs text-ink-3">
          Keys go on working. Clients that name the project must name it anew.
        </p>
        {save.error && (
          <Notice tone="error" className="w-full">
            {save.error.message}
          </Notice>
        )}
      </form>
    </li>
  );
}
