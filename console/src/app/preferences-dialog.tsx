/** What a reader may choose. */
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Choice, Field, TextInput } from '../parts/field.tsx';
import { tell } from '../parts/toasts.tsx';
import { setPreferences, THEMES, usePreferences, type Theme } from './preferences.ts';

const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: 'As the system has it',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
};

export default function PreferencesDialog({ onClose }: { readonly onClose: () => void }) {
  const chosen = usePreferences();
  return (
    <Dialog open onClose={onClose} title="Preferences" description="Kept in this browser.">
      <div className="flex flex-col gap-4">
        <Field
          label="Your name"
          help="Commands and answers are given by it, and stand under it in the record."
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={chosen.name}
              maxLength={200}
              autoComplete="username"
              onChange={({ target }) => setPreferences({ name: target.value })}
            />
          )}
        </Field>
        <Field label="Look">
          {(ids) => (
            <Choice
              {...ids}
              value={chosen.theme}
              onChange={({ target }) => setPreferences({ theme: target.value as Theme })}
            >
              {THEMES.map((theme) => (
                <option key={theme} value={theme}>
                  {THEME_WORDS[theme]}
                </option>
              ))}
            </Choice>
          )}
        </Field>
        <Field label="Time zone" help="Of the times that are shown, and of those that you type.">
          {(ids) => (
            <Choice
              {...ids}
              value={chosen.zone}
              onChange={({ target }) => setPreferences({ zone: target.value })}
            >
              <option value="local">
                This browser’s ({Intl.DateTimeFormat().resolvedOptions().timeZone})
              </option>
              <option value="UTC">UTC</option>
              {Intl.supportedValuesOf('timeZone').map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </Choice>
          )}
        </Field>
        <Notifications isOn={chosen.notifications} />
      </div>
    </Dialog>
  );
}

function Notifications({ isOn }: { readonly isOn: boolean }) {
  const turnOn = async () => {
    if (!('Notification' in globalThis)) return tell('fault', 'This browser has no notifications');
    const permission = await Notification.requestPermission();
    if (permission === 'granted') setPreferences({ notifications: true });
    else tell('fault', 'Notifications are off', 'The browser has been told not to show any of this page.');
  };
  return (
    <div className="flex items-center justify-between gap-3">
      <span className="text-sm">
        <span className="block font-medium">Notifications</span>
        <span className="text-quiet">When a run needs somebody and is not on the screen.</span>
      </span>
      <Button
        aria-pressed={isOn}
        onClick={() => (isOn ? setPreferences({ notifications: false }) : void turnOn())}
      >
        {isOn ? 'Turn off' : 'Turn on'}
      </Button>
    </div>
  );
}
