import type { ProjectRole, Role } from '@/api/account';
import { SelectField } from '@/components/Field';
import { givable, ROLES, roleLabel } from './roles';

/** The role in the organisation, and others in some of its projects. */
export function RoleFields({
  role,
  onRole,
  roles,
  onRoles,
  projects,
  mine,
}: {
  role: Role;
  onRole: (role: Role) => void;
  roles: readonly ProjectRole[];
  onRoles: (roles: ProjectRole[]) => void;
  /** The names of all projects. */
  projects: readonly string[];
  /** The role of who gives them. */
  mine: Role | undefined;
}) {
  const everywhere = role === 'owner' || role === 'admin';
  return (
    <>
      <SelectField
        label="Role"
        value={role}
        onChange={(e) => onRole(e.target.value as Role)}
        hint={ROLES.find((r) => r.role === role)?.words}
      >
        {givable(mine).map((r) => (
          <option key={r} value={r}>
            {roleLabel(r)}
          </option>
        ))}
      </SelectField>
      {!everywhere && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-sm font-medium">In projects</legend>
          <div className="flex max-h-52 flex-col gap-1.5 overflow-y-auto">
            {projects.map((project) => (
              <ProjectChoice
                key={project}
                project={project}
                role={roles.find((r) => r.projectId === project)?.role}
                onChange={(next) => {
                  const others = roles.filter((r) => r.projectId !== project);
                  onRoles(next ? [...others, { projectId: project, role: next }] : others);
                }}
              />
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}

function ProjectChoice({
  project,
  role,
  onChange,
}: {
  project: string;
  role: Role | undefined;
  onChange: (role: Role | undefined) => void;
}) {
  return (
    <label className="flex items-center gap-3 text-sm">
      <bdi className="min-w-0 flex-1 truncate">{project}</bdi>
      <select
        value={role ?? ''}
        onChange={(e) => onChange((e.target.value as Role) || undefined)}
        className="h-7 rounded-md border border-line-strong bg-canvas px-1.5 text-ink"
      >
        <option value="">As above</option>
        <option value="admin">Admin</option>
        <option value="member">Member</option>
        <option value="viewer">Viewer</option>
        <option value="none">Kept out</option>
      </select>
    </label>
  );
}
