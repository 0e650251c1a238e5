// The connection to the server; reconnects automatically for as long as the page is open.

const SHORTEST = 300;
const LONGEST = 3000;

/** Connect and stay connected; `on.event(event)` for each event, `on.connection(isUp)` when the connection changes. */
export function connect(on) {
  let socket;
  let wait = SHORTEST;

  function open() {
    socket = new WebSocket(`ws://${location.host}/tryout/live`);
    socket.addEventListener('message', ({ data }) => {
      wait = SHORTEST;
      const event = JSON.parse(data);
      if (event.do === 'hello') on.connection(true);
      on.event(event);
    });
    socket.addEventListener('close', () => {
      on.connection(false);
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST);
    });
  }

  open();
  return {
    /** Request a whole chat. Ignored while disconnected: it is requested again on hello. */
    show(person) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ show: person }));
    },
  };
}
