import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { organisationQuery, renameOrganisation } from '@/api/account';
import { Button } from '@/components/Button';
import { TextField } from '@/components/Field';
import { Notice } from '@/components/Notice';

/** What the organisation is called, for its owners to change. */
export function OrganisationName({ name }: { name: string }) {
  const client = useQueryClient();
  const [text, setText] = useState(name);
  const save = useMutation({
    mutationFn: renameOrganisation,
    onSuccess: (saved) => client.setQueryData(organisationQuery.queryKey, saved),
  });
  return (
    <form
      className="mb-6 flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(text);
      }}
    >
      <div className="w-72 max-w-full">
        {save.error && (
          <Notice tone="error" className="mb-2">
            {save.error.message}
          </Notice>
        )}
        <TextField
          label="Organisation"
          value={text}
          maxLength={100}
          onChange={(e) => setText(e.target.value)}
        />
      </div>
      <Button type="submit" className="h-9" disabled={save.isPending || !text.trim() || text.trim() === name}>
        Rename
      </Button>
    </form>
  );
}
