/** "cat photos" for a folder on any file system. */
export const fileName = (name: string): string => name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, '_').replace(/^\.+|[. ]+$/g, '_').slice(0, 80) || '_';
